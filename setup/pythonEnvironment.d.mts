/** Whether the environment in `<root>/.reign/python` is complete, lies where it was made, and is of these requirements. */
export function pythonEnvironmentIsThere(root: string, dev: boolean): boolean;

/** Makes or completes it. */
export function installPythonEnvironment(root: string, dev: boolean, log: string): Promise<void>;
