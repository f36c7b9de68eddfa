/** Makes a file name out of a manifest's text, which may be hostile, for a file below a restore's target. */

/** ext4 and NTFS allow 255; a restore in place adds an ending. */
const MAX_BYTES = 200
/** Windows device names, with any extension. Source: Microsoft, "Naming Files, Paths, and Namespaces". */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i

/** The last part of `name`, fit for every file system: no separators, no `..`, no control characters, no device names. */
export function safeFileName(name: string, fallback: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? ''
  const plain = last.replace(/[\u0000-\u001f\u007f<>:"|?*]/g, '_').replace(/[. ]+$/, '')
  const short = shorten(plain)
  if (short === '') return fallback
  return WINDOWS_DEVICE.test(short) ? `_${short}` : short
}

/** Keeps the end, where the extension is. A character cut in two is left out. */
function shorten(name: string): string {
  const bytes = Buffer.from(name, 'utf8')
  if (bytes.length <= MAX_BYTES) return name
  return bytes
    .subarray(-MAX_BYTES)
    .toString('utf8')
    .replace(/^\uFFFD+/, '')
}
