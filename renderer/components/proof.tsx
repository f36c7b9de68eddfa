/** How far a backup is proven: five bars and the word; green only from "data matched" up. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { proofLevels, type ProofLevel } from '../../electron/contract/proof.ts'

export function Proof({ level }: { readonly level: ProofLevel }): ReactElement {
  const { t } = useTranslation()
  const rank = proofLevels.indexOf(level)
  const word = t(`state.proof.${level}`)
  return (
    <span className={`proof p${rank}`} title={t('state.proof.label', { word, rank })}>
      <i aria-hidden="true" />
      {word}
    </span>
  )
}
