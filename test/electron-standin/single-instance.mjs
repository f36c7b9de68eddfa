/** One application per user-data folder: a file with the owner's process id; a second start leaves a note that the first one reads. */
import fs from 'node:fs'
import path from 'node:path'

const LOCK = 'standin-instance.lock'
const NOTE = /^standin-second-\d+\.json$/

/** True for the first instance; `onSecond` is told of every later one. */
export function takeInstanceLock(folder, onSecond) {
  fs.mkdirSync(folder, { recursive: true })
  const lock = path.join(folder, LOCK)
  if (isHeld(lock)) {
    const note = path.join(folder, `standin-second-${process.pid}.json`)
    fs.writeFileSync(note, JSON.stringify({ argv: process.argv, cwd: process.cwd() }))
    return false
  }
  fs.writeFileSync(lock, String(process.pid))
  process.on('exit', () => fs.rmSync(lock, { force: true }))
  const watcher = fs.watch(folder, (_event, name) => {
    if (name && NOTE.test(name)) readNote(path.join(folder, name), onSecond)
  })
  watcher.unref()
  return true
}

function isHeld(lock) {
  try {
    process.kill(Number(fs.readFileSync(lock, 'utf8')), 0)
    return true
  } catch {
    // No such file, or no such process any more.
    return false
  }
}

function readNote(note, onSecond) {
  try {
    const { argv, cwd } = JSON.parse(fs.readFileSync(note, 'utf8'))
    fs.rmSync(note)
    onSecond(argv, cwd)
  } catch {
    // Not written to its end yet, or already read: the watcher speaks up more than once per file.
  }
}
