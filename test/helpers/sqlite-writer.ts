/** The application of a site, as a process of its own: holds a SQLite database open in the way its second argument names. */
import Database from 'better-sqlite3'

const [path = '', mode = 'open', perSecond = '500', busyTimeout = '20000'] = process.argv.slice(2)
const db = new Database(path, { timeout: Number(busyTimeout) })
const report = { commits: 0, busy: 0, slowest: 0 }
let isEnding = false

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function commitOnce(): void {
  const begun = performance.now()
  try {
    db.exec(`INSERT INTO orders (product, note) VALUES (1, 'written while a backup runs')`)
    report.commits += 1
  } catch {
    // SQLITE_BUSY is what the test counts; anything else would show as a count as well.
    report.busy += 1
  }
  report.slowest = Math.max(report.slowest, performance.now() - begun)
}

function commitForever(): void {
  db.pragma('synchronous = OFF')
  const begun = performance.now()
  let due = 0
  const timer = setInterval(() => {
    if (isEnding) {
      clearInterval(timer)
      db.close()
      say(JSON.stringify(report))
      process.exit(0)
    }
    const wanted = ((performance.now() - begun) / 1000) * Number(perSecond)
    // What a stalled commit has put off is not made up for in one burst.
    for (due = Math.max(due, wanted - 50); due < wanted && !isEnding; due += 1) commitOnce()
    if (report.commits > 0) say('ready')
  }, 2)
}

function holdForever(): void {
  say('ready')
  setInterval(() => {
    if (isEnding) process.exit(0)
  }, 20)
}

function insertMany(rows: number): void {
  const insert = db.prepare(`INSERT INTO orders (product, note) VALUES (1, ?)`)
  for (let n = 0; n < rows; n += 1) insert.run('y'.repeat(200))
}

process.stdin.on('end', () => (isEnding = true))
process.stdin.resume()

const modes: Record<string, () => void> = {
  'commit': commitForever,
  'open': () => {
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    holdForever()
  },
  'lock': () => {
    db.exec('BEGIN EXCLUSIVE')
    holdForever()
  },
  'huge': () => {
    db.pragma('cache_size = 10')
    db.exec('BEGIN IMMEDIATE')
    insertMany(20_000)
    holdForever()
  },
  'crash-wal': () => {
    db.pragma('wal_autocheckpoint = 0')
    db.transaction(insertMany)(500)
    holdForever()
  },
  // A cache of ten pages spills: the main file is half-way changed, and the journal is what mends it.
  'crash-journal': () => {
    db.pragma('cache_size = 10')
    db.exec('BEGIN IMMEDIATE')
    db.exec(`UPDATE orders SET note = note || 'changed half-way'`)
    holdForever()
  },
}
modes[mode]?.()
