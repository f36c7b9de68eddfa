/** A database password that comes by standard input: stored as a secret for a job, and taken back where the job is refused. */
import { secretNamePattern, slugOf } from '../contract/ids.ts'
import type { SourceDraft } from '../contract/source.ts'
import type { Cli, Link } from './cli.ts'
import { wrongUse } from './failure.ts'

/** Leaves room for a number behind it. */
const MAX_SLUG = 60

/** Lets `use` have the sources with the password's name in them; where `use` fails, the password is forgotten again. */
export async function withPassword<T>(
  cli: Cli,
  link: Link,
  { job, sources }: { readonly job: string; readonly sources: readonly SourceDraft[] },
  use: (sources: SourceDraft[]) => Promise<T>,
): Promise<T> {
  const taken = new Set((await link.call('secret.list', {})).map((secret) => secret.name))
  const name = secretNameFor(job, (wanted) => taken.has(wanted))
  await link.call('secret.set', { name, value: await readPassword(cli, name) })
  try {
    return await use(sources.map((source) => withSecret(source, name)))
  } catch (error) {
    // The first error is the one to tell; a secret that nobody uses does no harm.
    await link.call('secret.remove', { name }).catch(() => undefined)
    throw error
  }
}

/** `postgres-shop`; of a name in a script that a secret's name cannot hold, `postgres-job`. */
export function secretNameFor(job: string, isTaken: (name: string) => boolean): string {
  const plain = slugOf(job)
    .replace(/[^a-z0-9_-]+/g, '-')
    .slice(0, MAX_SLUG)
    .replace(/^[-_]+|[-_]+$/g, '')
  const base = `postgres-${plain === '' ? 'job' : plain}`
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? base : `${base}-${n}`
    if (secretNamePattern.test(name) && !isTaken(name)) return name
  }
}

async function readPassword(cli: Cli, name: string): Promise<string> {
  const { io, words } = cli
  const typed = io.isInteractive ? await io.ask(words.askSecret(name), { hidden: true }) : await io.readInput()
  // One newline at the end belongs to `echo`, not to the password.
  const password = typed.replace(/\r?\n$/, '')
  if (password === '') throw wrongUse(words.noSecretValue, words.usageHint)
  if (/[\r\n]/.test(password)) throw wrongUse(words.postgres.oneLine, words.usageHint)
  return password
}

function withSecret(source: SourceDraft, passwordSecret: string): SourceDraft {
  return source.kind === 'postgres' ? { ...source, server: { ...source.server, passwordSecret } } : source
}
