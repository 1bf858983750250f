import { Buffer } from 'node:buffer';

/** A disk of one MiB whose boot sector prints a sentence through the BIOS and restarts the machine. */
export function bootSectorThatSays(sentence: string): Buffer {
  const program = Buffer.from([
    ...[0x31, 0xc0, 0x8e, 0xd8], // ds = 0
    ...[0xbe, 0x17, 0x7c], // si = the sentence, behind this program
    ...[0xac, 0x84, 0xc0, 0x74, 0x06], // next: the next letter; the last one is 0
    ...[0xb4, 0x0e, 0xcd, 0x10, 0xeb, 0xf5], // print it, go to next
    ...[0xb0, 0xfe, 0xe6, 0x64, 0xf4], // reset by the keyboard controller
  ]);
  const disk = Buffer.alloc(1024 * 1024);
  // The restart swallows what still waits in the serial line's buffer, so blanks stand at the end.
  Buffer.concat([program, Buffer.from(`${sentence}\r\n${' '.repeat(64)}\0`, 'latin1')]).copy(disk);
  disk.writeUInt16BE(0x55aa, 510);
  return disk;
}
