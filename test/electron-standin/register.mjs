/** Makes `electron` mean this stand-in, for import, require() and the inspector's require alike (Node ≥ 22.15). */
import { registerHooks } from 'node:module'

const standIn = new URL('./electron.mjs', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    const isElectron = specifier === 'electron' || /^electron\/(main|common|renderer)$/.test(specifier)
    return isElectron ? { url: standIn, format: 'module', shortCircuit: true } : next(specifier, context)
  },
})
