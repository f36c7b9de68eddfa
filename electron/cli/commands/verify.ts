/** `sitekeep verify SET`: reads a set back from where it lies and says how far it is proven. */
import { proofOfVerify, verifyLevels, type ProofLevel, type VerifyLevel } from '../../contract/proof.ts'
import type { RunRecord } from '../../contract/run.ts'
import { oneOf } from '../arguments.ts'
import { show, type Cli } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { exitOfRun, follow, isUnread, outcomeOf, runDocument, troubleLines } from '../run-follow.ts'
import { datedSet, setDate } from '../set-date.ts'
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
  const reference = setRef(cli, typed)
  const record = await follow(cli, (link) => link.call('verify.start', { set: reference, level }))
  const set = record.subject ?? typed
  const at = await setDate(cli, record.subject, reference)
  const isProven = outcomeOf(record) !== 'failed'
  const proof = record.proof ?? (isProven ? proofOfVerify[level] : 'none')
  const first = firstLine(cli, record, datedSet(cli, set, at), proof)
  show(cli, { set, at, proof, ...runDocument(cli, record) }, [first, ...troubleLines(cli, record)].join('\n'))
  return exitOfRun(record)
}

function firstLine({ words }: Cli, record: RunRecord, set: string, proof: ProofLevel): string {
  if (outcomeOf(record) !== 'failed') return words.verifyDone(set, words.proof[proof])
  return isUnread(record) ? words.setUnread(set) : words.verifyFailed(set)
}
