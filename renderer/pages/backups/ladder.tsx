/** The ladder of proof, one line per place: when each level was last reached there, or that it was not passed. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { proofLevels, type ProofLevel } from '../../../electron/contract/proof.ts'
import type { SetDetail, SetInfo } from '../../../electron/contract/set.ts'
import { useNow } from '../../clock.ts'
import { StateMark } from '../../components/state-mark.tsx'
import { useFormat } from '../../format.ts'
import { useAsk } from '../../queries.ts'
import type { SetGroup } from './group-sets.ts'

const levels = proofLevels.filter((level) => level !== 'none')

function Rung({ level, detail }: { readonly level: ProofLevel; readonly detail: SetDetail | undefined }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow(60_000)
  const proof = detail?.proofs.find((known) => known.level === level)
  if (proof === undefined) return <td className="faint">{detail === undefined ? '' : t('backups.notYet')}</td>
  const when = format.moment(proof.at, now)
  return (
    <td title={`${format.date(proof.at)} ${format.timeWithSeconds(proof.at)}`} className={proof.ok ? '' : 'failed'}>
      <StateMark state={proof.ok ? 'good' : 'failed'} />
      {proof.ok ? when : t('backups.failedAt', { when })}
    </td>
  )
}

function PlaceRow({ copy }: { readonly copy: SetInfo }): ReactElement {
  const { t } = useTranslation()
  const detail = useAsk('set.show', { set: copy.id, destination: copy.destination })
  return (
    <>
      <tr>
        <th scope="row" className="cut" title={copy.path}>
          {copy.destinationName}
        </th>
        {levels.map((level) => (
          <Rung key={level} level={level} detail={detail.data} />
        ))}
      </tr>
      {copy.state !== 'present' && (
        <tr>
          <td colSpan={levels.length + 1} className="failed">
            <StateMark state={copy.state === 'unreachable' ? 'unknown' : 'failed'} />
            {t(`backups.states.${copy.state}`)}
          </td>
        </tr>
      )}
    </>
  )
}

export function Ladder({ group }: { readonly group: SetGroup }): ReactElement {
  const { t } = useTranslation()
  return (
    <div className="card ladder-card">
      <table className="ladder" aria-label={t('backups.proofLabel')}>
        <colgroup>
          <col style={{ width: '16%' }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">{t('backups.proof')}</th>
            {levels.map((level) => (
              <th key={level} scope="col">
                {t(`state.proof.${level}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {group.copies.map((copy) => (
            <PlaceRow key={copy.destination} copy={copy} />
          ))}
        </tbody>
      </table>
    </div>
  )
}
