/** What is wrong with a dump that was read, against what its manifest says; empty is a match. */
import type { ContentOf } from '../../../contract/manifest.ts'
import { rowDifferences } from './differences.ts'
import type { DumpSummary } from './dump-summary.ts'
import type { PostgresContent } from './guards.ts'

export function textProblems(summary: DumpSummary, content: PostgresContent): string[] {
  const objects = summary.largeObjects
  return [
    ...brokenness(summary),
    ...rowDifferences(summary.tables, content.tables),
    ...(objects === content.large_objects ? [] : [`${objects} large objects, expected ${content.large_objects}`]),
  ]
}

export function globalProblems(summary: DumpSummary, { roles, tablespaces }: ContentOf<'globals'>): string[] {
  return [
    ...brokenness(summary),
    ...(summary.roles === roles ? [] : [`${summary.roles} roles, expected ${roles}`]),
    ...(summary.tablespaces === tablespaces ? [] : [`${summary.tablespaces} tablespaces, expected ${tablespaces}`]),
  ]
}

function brokenness({ oddities, isComplete }: DumpSummary): string[] {
  if (oddities.length > 0) return [`it holds what no dump holds: ${oddities.join(' ')}`]
  return isComplete ? [] : ['it breaks off before its end']
}
