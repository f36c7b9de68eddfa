/** The ladder of proof, one line per place: when each level was last reached there, or that it was not passed. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { proofLevels, reaches, type ProofLevel } from '../../../electron/contract/proof.ts'
import type { SetDetail, SetInfo } from '../../../electron/contract/set.ts'
import { useNow } from '../../clock.ts'
import { StateMark } from '../../components/state-mark.tsx'
import { useFormat } from '../../format.ts'
import { useAsk } from '../../queries.ts'
import type { SetGroup } from './group-sets.ts'

const levels = proofLevels.filter((level) => level !== 'none')

/**
 * The newest proof that says something of `level`: one that got there or beyond, or one that failed — its own level is what
 * still held, so all above it did not.
 */
function newestWord(detail: SetDetail, level: ProofLevel): SetDetail['proofs'][number] | undefined {
  return detail.proofs
    .filter((proof) => !proof.ok || reaches(proof.level, level))
    .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))[0]
}

function Rung({ level, detail }: { readonly level: ProofLevel; readonly detail: SetDetail | undefined }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow(60_000)
  const proof = detail === undefined ? undefined : newestWord(detail, level)
  if (proof === undefined) return <td className="faint">{detail === undefined ? '' : t('backups.notYet')}</td>
  const isPassed = reaches(proof.level, level)
  const when = format.moment(proof.at, now)
  return (
    <td title={`${format.date(proof.at)} ${format.timeWithSeconds(proof.at)}`} className={isPassed ? '' : 'failed'}>
      <StateMark state={isPassed ? 'good' : 'failed'} />
      {isPassed ? when : t('backups.failedAt', { when })}
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
