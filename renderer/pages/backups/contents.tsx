/** What lies in a backup: per source its tables with rows, or its number of files. */
import { Button } from '@fluentui/react-components'
import { useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { SetInfo } from '../../../electron/contract/set.ts'
import { SourceIcon } from '../../components/icons.tsx'
import { useFormat } from '../../format.ts'

type SetSource = SetInfo['sources'][number]

const SHOWN = 10

function Tables({ tables }: { readonly tables: NonNullable<SetSource['tables']> }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const [isAll, setAll] = useState(false)
  const sorted = tables.toSorted((a, b) => b.rows - a.rows)
  const shown = isAll ? sorted : sorted.slice(0, SHOWN)
  const hidden = sorted.length - shown.length
  return (
    <table className="tight">
      <thead>
        <tr>
          <th scope="col">{t('backups.table')}</th>
          <th scope="col" className="num">
            {t('backups.rows')}
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map((table) => (
          <tr key={table.name}>
            <td className="breakable">{table.name}</td>
            <td className="num">{format.number(table.rows)}</td>
          </tr>
        ))}
        {hidden > 0 && (
          <tr>
            <td colSpan={2}>
              <Button appearance="subtle" size="small" onClick={() => setAll(true)}>
                {t('backups.moreTables', { count: hidden })}
              </Button>
            </td>
          </tr>
        )}
      </tbody>
    </table>
  )
}

function Source({ source }: { readonly source: SetSource }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const { tables, files, database } = source
  // Beside its databases, a server has what they have in common.
  const part = database ?? (source.kind === 'postgres' ? t('backups.globals') : source.name)
  const rows = tables?.reduce((sum, table) => sum + table.rows, 0) ?? 0
  return (
    <div className="content-source">
      <div className="row content-head">
        <SourceIcon kind={source.kind} />
        <b className="cut" title={source.file}>
          {part === source.name ? part : `${source.name} · ${part}`}
        </b>
        <span className="small faint nowrap">
          {tables !== undefined && t('backups.tables', { count: tables.length, rows: format.number(rows) })}
          {files !== undefined && t('backups.files', { count: files, formatted: format.number(files) })}
        </span>
        <span className="end small faint nowrap">
          {`${format.size(source.plainBytes)} · ${t('backups.stored', { size: format.size(source.bytes) })}`}
        </span>
      </div>
      {tables !== undefined && tables.length > 0 && <Tables tables={tables} />}
    </div>
  )
}

export function Contents({ sources }: { readonly sources: readonly SetSource[] }): ReactElement {
  return (
    <div>
      {sources.map((source) => (
        <Source key={source.file} source={source} />
      ))}
    </div>
  )
}
