/** `sitekeep verify SET`: reads a set back from where it lies and says how far it is proven. */
import { proofOfVerify, verifyLevels, type VerifyLevel } from '../../contract/proof.ts'
import { oneOf } from '../arguments.ts'
import { show, type Cli } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { exitOfRun, follow, outcomeOf, runDocument, troubleLines } from '../run-follow.ts'
import { setRef } from '../set-ref.ts'

export const verifyCommand: AddCommand = (program, run) => {
  program
    .command('verify')
    .argument('<SET>', 'id, JOB/latest, latest, or the path of a backup folder')
    .description('read a backup back and check it')
    .option('--level <LEVEL>', verifyLevels.join(', '), oneOf(verifyLevels), 'match')
    .action(run(verify))
}

async function verify(cli: Cli, typed: string, { level }: { level: VerifyLevel }): Promise<number> {
  const record = await follow(cli, (link) => link.call('verify.start', { set: setRef(cli, typed), level }))
  const set = record.subject ?? typed
  const isProven = outcomeOf(record) !== 'failed'
  const proof = record.proof ?? (isProven ? proofOfVerify[level] : 'none')
  const first = isProven ? cli.words.verifyDone(set, cli.words.proof[proof]) : cli.words.verifyFailed(set)
  show(cli, { set, proof, ...runDocument(cli, record) }, [first, ...troubleLines(cli, record)].join('\n'))
  return exitOfRun(record)
}
