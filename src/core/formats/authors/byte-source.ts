/** A file that is read piece by piece: one of 2 GiB is more than Node hands over at once. */
export interface ByteSource {
  readonly size: number;
  /** `length` bytes from `from` on; both lie inside the file. */
  read(from: number, length: number): Promise<Uint8Array>;
}
