/** Unpacks an asar into a temporary folder, because plain Node cannot read inside one. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** Returns the folder; it is removed when the process ends. */
export function unpackAsar(archive) {
  const out = fs.mkdtempSync(path.join(os.tmpdir(), 'standin-asar-'))
  process.on('exit', () => fs.rmSync(out, { recursive: true, force: true }))
  const bytes = fs.readFileSync(archive)
  // Pickle: two 32-bit sizes, then the header as length-prefixed JSON, then the files.
  const base = 8 + bytes.readUInt32LE(4)
  const header = JSON.parse(bytes.subarray(16, 16 + bytes.readUInt32LE(12)).toString())
  unpackFolder(header, '', { archive, out, bytes, base })
  return out
}

function unpackFolder(folder, relative, asar) {
  for (const [name, entry] of Object.entries(folder.files)) {
    const inside = path.join(relative, name)
    const target = path.join(asar.out, inside)
    if (entry.files) {
      fs.mkdirSync(target)
      unpackFolder(entry, inside, asar)
    } else if (entry.link) {
      fs.symlinkSync(path.relative(path.dirname(target), path.join(asar.out, entry.link)), target)
    } else if (entry.unpacked) {
      fs.copyFileSync(path.join(`${asar.archive}.unpacked`, inside), target)
    } else {
      if (name.endsWith('.node')) throw new Error(`native module packed inside the asar: ${inside}`)
      const start = asar.base + Number(entry.offset)
      fs.writeFileSync(target, asar.bytes.subarray(start, start + entry.size))
    }
  }
}
