/** A database password that comes by standard input: stored as a secret for a job, and taken back where the job is refused. */
import { passwordNameFor } from '../contract/ids.ts'
import type { SourceDraft } from '../contract/source.ts'
import type { Cli, Link } from './cli.ts'
import { wrongUse } from './failure.ts'

/** Lets `use` have the sources with the password's name in them; where `use` fails, the password is forgotten again. */
export async function withPassword<T>(
  cli: Cli,
  link: Link,
  { job, sources }: { readonly job: string; readonly sources: readonly SourceDraft[] },
  use: (sources: SourceDraft[]) => Promise<T>,
): Promise<T> {
  const taken = new Set((await link.call('secret.list', {})).map((secret) => secret.name))
  const name = passwordNameFor(job, (wanted) => taken.has(wanted))
  await link.call('secret.set', { name, value: await readPassword(cli, name) })
  try {
    return await use(sources.map((source) => withSecret(source, name)))
  } catch (error) {
    // The first error is the one to tell; a secret that nobody uses does no harm.
    await link.call('secret.remove', { name }).catch(() => undefined)
    throw error
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
