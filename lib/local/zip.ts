import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const LONGEST_END = 22 + 0xffff;

type Entry = { name: string; method: number; compressedBytes: number; offset: number };

const readAt = async (file: FileHandle, position: number, length: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
};

const listEntries = async (file: FileHandle): Promise<Entry[]> => {
  const { size } = await file.stat();
  const tailAt = Math.max(0, size - LONGEST_END);
  const tail = await readAt(file, tailAt, size - tailAt);
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== END_SIGNATURE) end -= 1;
  if (end < 0) throw new Error('not a zip file');
  const directory = await readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries: Entry[] = [];
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === ENTRY_SIGNATURE; ) {
    const nameBytes = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
      method: directory.readUInt16LE(at + 10),
      compressedBytes: directory.readUInt32LE(at + 20),
      offset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
};

/**
 * Writes the first entry that `matches` to `target`. No `unzip` program is needed.
 * Throws when the archive is damaged or has no such entry.
 */
export const extractFromZip = async (
  archive: string,
  matches: (name: string) => boolean,
  target: string,
  mode: number,
): Promise<void> => {
  const file = await open(archive);
  try {
    const entry = (await listEntries(file)).find(({ name }) => matches(name));
    if (entry === undefined) throw new Error('the archive lacks the wanted file');
    const header = await readAt(file, entry.offset, 30);
    const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    const source = createReadStream(archive, { start, end: start + entry.compressedBytes - 1 });
    const sink = createWriteStream(target, { mode });
    if (entry.method === 0) await pipeline(source, sink);
    else await pipeline(source, createInflateRaw(), sink);
  } finally {
    await file.close();
  }
};
