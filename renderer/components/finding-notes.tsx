/** Findings as notes: what was noticed, what to do about it, and the paths that it is about. */
import type { ReactElement } from 'react'
import type { Finding } from '../../electron/contract/finding.ts'
import { Note } from './note.tsx'
import { useLanguage, wordsOfFinding } from './words.ts'

export function FindingNotes({ findings }: { readonly findings: readonly Finding[] }): ReactElement {
  const language = useLanguage()
  return (
    <>
      {findings.map((finding, index) => {
        const { message, hint } = wordsOfFinding(finding, language)
        return (
          <Note key={`${index} ${finding.code}`} state={finding.weight === 'note' ? 'info' : 'attention'}>
            <p>{message}</p>
            <p className="dim">{hint}</p>
            {(finding.paths ?? []).map((path) => (
              <p key={path} className="small mono">
                {path}
              </p>
            ))}
          </Note>
        )
      })}
    </>
  )
}
