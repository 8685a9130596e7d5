/**
 * The embedded stack narrows the umask of the process that starts it, here the one that starts all files of tests. Servers
 * of tests run as other users and read what a test has written.
 */
process.umask(0o022);
