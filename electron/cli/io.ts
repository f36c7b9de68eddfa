/** The real terminal: standard streams, questions without echo, Ctrl-C. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import type { Io } from './cli.ts'
import { failure } from './failure.ts'

/** A Ctrl-C that reaches us twice at once (from the terminal and passed on by npm) is one. */
const SAME_INTERRUPT_MS = 1000

export function terminalIo(): Io {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    isInteractive: process.stdin.isTTY && process.stderr.isTTY,
    progressStream: process.stderr.isTTY ? process.stderr : undefined,
    ask,
    readInput,
    onInterrupt,
  }
}

function ask(question: string, { hidden = false } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    process.stderr.write(question)
    // Readline echoes what is typed through its output; for a hidden answer that leads nowhere.
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
    const reader = createInterface({ input: process.stdin, output: hidden ? nowhere : process.stderr, terminal: true })
    reader.once('SIGINT', () => {
      reader.close()
      process.stderr.write('\n')
      reject(failure('cancelled', {}))
    })
    reader.once('line', (line) => {
      // Before it is closed: closing without an answer is a refusal, and is told at once.
      resolve(line)
      reader.close()
      if (hidden) process.stderr.write('\n')
    })
    reader.once('close', () => reject(failure('cancelled', {})))
  })
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function onInterrupt(handler: () => void): () => void {
  let first: number | undefined
  const onSignal = (): void => {
    if (first === undefined) {
      first = performance.now()
      handler()
    } else if (performance.now() - first > SAME_INTERRUPT_MS) process.exit(130)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  return () => {
    for (const signal of signals) process.off(signal, onSignal)
  }
}
