/** What a run noticed, each with what to do about it. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { Finding } from '../../../electron/contract/finding.ts'
import { StateMark, type MarkState } from '../../components/state-mark.tsx'
import { useLanguage, wordsOfFinding } from '../../components/words.ts'

const marks: Readonly<Record<Finding['weight'], Extract<MarkState, 'info' | 'attention'>>> = {
  note: 'info',
  warning: 'attention',
  suspicious: 'attention',
}

function Item({ finding }: { readonly finding: Finding }): ReactElement {
  const { t } = useTranslation()
  const words = wordsOfFinding(finding, useLanguage())
  const paths = finding.paths ?? []
  return (
    <li className="finding breakable">
      <StateMark state={marks[finding.weight]} label={t(`state.mark.${marks[finding.weight]}`)} />
      <b>{words.message}</b>
      <div className="small dim">{words.hint}</div>
      <div className="small faint">
        {finding.source} <span className="mono">{finding.code}</span>
      </div>
      {paths.length > 0 && (
        <details className="small">
          <summary>{t('history.findings.paths', { count: paths.length })}</summary>
          <ul className="mono">
            {paths.map((path) => (
              <li key={path}>{path}</li>
            ))}
          </ul>
        </details>
      )}
    </li>
  )
}

export function Findings({ findings }: { readonly findings: readonly Finding[] }): ReactElement {
  const { t } = useTranslation()
  return (
    <section className="card" aria-labelledby="findings-title">
      <header>
        <h2 id="findings-title">{t('history.findings.title')}</h2>
        {findings.length > 0 && <span className="tag end">{findings.length}</span>}
      </header>
      {findings.length === 0 ? (
        <p className="body faint">{t('history.findings.none')}</p>
      ) : (
        <ul className="mt2">
          {findings.map((finding, index) => (
            <Item key={`${finding.code} ${index}`} finding={finding} />
          ))}
        </ul>
      )}
    </section>
  )
}
