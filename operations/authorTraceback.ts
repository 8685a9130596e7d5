interface Frame {
  readonly path: string;
  readonly lines: string[];
}

interface Block {
  readonly frames: Frame[];
  /** The exception with its message: what follows the frames. */
  readonly exception: string[];
}

/**
 * A Python traceback cut to the frames in the author's files, with the exception. Of a chain of exceptions those that
 * passed through the author's code are kept; where none did, the last one's message alone. Lines that Python could not
 * show, because the code was loaded with a version, come from the pack.
 *
 * @param files the files of the code pack by their names, such as `pipeline.py`
 */
export function authorTraceback(full: string, files: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(files);
  const blocks = blocksOf(full).map(({ frames, exception }) => ({
    frames: frames.flatMap((frame) => {
      const file = authorFile(frame.path, names);
      return file === undefined ? [] : [withSource(frame, file, files[file])];
    }),
    exception,
  }));
  const own = blocks.filter(({ frames }) => frames.length > 0);
  const kept = own.length > 0 ? own : blocks.slice(-1);
  return kept.flatMap(({ frames, exception }) => [...frames.flat(), ...exception]);
}

function withSource({ path, lines }: Frame, file: string, source: string | undefined): string[] {
  const shown = lines.map((line) => line.replace(path, file));
  const number = /, line (\d+)/.exec(shown[0] ?? '')?.[1];
  const text = number === undefined ? undefined : source?.split('\n')[Number(number) - 1]?.trim();
  return shown.length > 1 || text === undefined || text === '' ? shown : [...shown, `    ${text}`];
}

function blocksOf(full: string): Block[] {
  const blocks: Block[] = [];
  let block: Block = { frames: [], exception: [] };
  const close = () => {
    if (block.frames.length > 0 || block.exception.length > 0) blocks.push(block);
    block = { frames: [], exception: [] };
  };
  for (const line of full.split('\n')) {
    const path = /^ {2}File "([^"]+)", line \d+/.exec(line)?.[1];
    const last = block.frames.at(-1);
    if (line.startsWith('Traceback (most recent call last)')) close();
    else if (between.some((text) => line.startsWith(text))) close();
    else if (path !== undefined && block.exception.length === 0) block.frames.push({ path, lines: [line] });
    else if (line.startsWith(' ') && last !== undefined && block.exception.length === 0) last.lines.push(line);
    else if (line.trim() !== '') block.exception.push(line);
  }
  close();
  return blocks;
}

const between = ['The above exception was the direct cause', 'During handling of the above exception'];

/** The longest name that the path ends with; nothing that is installed is the author's. */
function authorFile(path: string, files: readonly string[]): string | undefined {
  if (/[\\/](site-packages|dist-packages|reign_trainer)[\\/]/.test(path)) return undefined;
  const slashed = path.replaceAll('\\', '/');
  return files.filter((file) => slashed.endsWith(`/${file}`)).sort((a, b) => b.length - a.length)[0];
}
