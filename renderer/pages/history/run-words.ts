/** The outcome of a run in one sentence, and what it means. */
import type { TFunction } from 'i18next'
import { reaches, type ProofLevel } from '../../../electron/contract/proof.ts'
import type { Progress, RunRecord } from '../../../electron/contract/run.ts'

/** How long a run took, or has taken so far. */
export function secondsOf(run: RunRecord, now: number): number {
  const end = run.finishedAt === undefined ? now : Date.parse(run.finishedAt)
  return Math.max(0, (end - Date.parse(run.startedAt)) / 1000)
}

/** How far the run proved its backup; a restore that proves none is not one that found it bad. */
export function proofOf(run: RunRecord): ProofLevel | undefined {
  return run.kind === 'restore' && run.proof !== 'restored' ? undefined : run.proof
}

function notable(run: RunRecord): number {
  return run.findings.filter((finding) => finding.weight !== 'note').length
}

function goodSentence(run: RunRecord, t: TFunction): string {
  switch (run.kind) {
    case 'backup':
      return t('history.outcome.backupGood')
    case 'verify':
      return t('history.outcome.verifyGood', { proof: t(`state.proof.${run.proof ?? 'none'}`) })
    case 'restore':
      return t('history.outcome.restoreGood')
    case 'cleanup':
      return t('history.outcome.cleanupGood')
  }
}

function failedSentence(run: RunRecord, t: TFunction): string {
  switch (run.kind) {
    case 'backup':
      return t(run.sets.length > 0 ? 'history.outcome.failedKept' : 'history.outcome.failed')
    case 'verify':
      return t('history.outcome.failedVerify')
    case 'restore':
      return t('history.outcome.failedRestore')
    case 'cleanup':
      return t('history.outcome.failedCleanup')
  }
}

function runningSentence(stage: Progress['stage'] | undefined, t: TFunction): string {
  return stage === undefined
    ? t('history.outcome.begins')
    : t('history.outcome.running', { stage: t(`state.stage.${stage}`) })
}

export function outcomeSentence(run: RunRecord, progress: Progress | undefined, t: TFunction): string {
  switch (run.outcome) {
    case undefined:
      return runningSentence(progress?.stage ?? run.spans.at(-1)?.stage, t)
    case 'good':
      return goodSentence(run, t)
    case 'warning':
      return t('history.outcome.backupWarning', { count: notable(run) })
    case 'failed':
      return failedSentence(run, t)
    case 'cancelled':
      return t('history.outcome.cancelled')
  }
}

/** What the outcome means for the data; nothing while it is open or where the error says it. */
export function meaningOf(run: RunRecord, t: TFunction): string | undefined {
  if (run.outcome === 'cancelled') return t('history.meaning.cancelled')
  if (run.outcome === undefined || run.outcome === 'failed') return undefined
  if (run.kind === 'verify' && run.subject !== undefined) return t('history.meaning.verify', { subject: run.subject })
  if (run.kind === 'cleanup') return t('history.meaning.removed', { count: run.removed?.length ?? 0 })
  if (run.kind === 'restore')
    return run.target === undefined ? undefined : t('history.meaning.restore', { target: run.target })
  return meaningOfProof(run.proof ?? 'none', t)
}

function meaningOfProof(proof: ProofLevel, t: TFunction): string {
  if (proof === 'restored') return t('history.meaning.restored')
  return reaches(proof, 'matched')
    ? t('history.meaning.matched')
    : t('history.meaning.partly', { proof: t(`state.proof.${proof}`) })
}
