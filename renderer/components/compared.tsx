/** Counts of a restored result beside those of the backup: sums first, then each table that differs. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { Compared as Counts } from '../../electron/contract/run.ts'
import { useFormat } from '../format.ts'
import { StateMark } from './state-mark.tsx'

interface Line {
  readonly name: string
  readonly found: number
  readonly expected: number
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}

function useLines({ tables, files }: Counts): readonly Line[] {
  const { t } = useTranslation()
  return [
    ...(tables === undefined
      ? []
      : [
          { name: t('restore.result.tables'), found: tables.length, expected: tables.length },
          {
            name: t('restore.result.rows'),
            found: sum(tables.map((table) => table.rows)),
            expected: sum(tables.map((table) => table.expected)),
          },
          ...tables
            .filter((table) => table.rows !== table.expected)
            .map((table) => ({ name: table.name, found: table.rows, expected: table.expected })),
        ]),
    ...(files === undefined ? [] : [{ name: t('restore.result.files'), found: files.count, expected: files.expected }]),
  ]
}

export function Compared({ compared }: { readonly compared: Counts }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const lines = useLines(compared)
  return (
    <section className="card" aria-labelledby="compared-title">
      <header>
        <h2 id="compared-title">{t('restore.result.compared')}</h2>
      </header>
      <table className="tight">
        <thead>
          <tr>
            <th scope="col">{t('restore.result.item')}</th>
            <th scope="col" className="num">
              {t('restore.result.after')}
            </th>
            <th scope="col" className="num">
              {t('restore.result.before')}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => {
            const isSame = line.found === line.expected
            return (
              <tr key={line.name}>
                <td>
                  <span className="row">
                    <StateMark
                      state={isSame ? 'good' : 'failed'}
                      label={t(isSame ? 'restore.result.same' : 'restore.result.differs')}
                    />
                    <span className="breakable">{line.name}</span>
                  </span>
                </td>
                <td className="num">{format.number(line.found)}</td>
                <td className="num dim">{format.number(line.expected)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
