/** Entry of the pages: sign in, languages, then the first paint. */
import { createRoot } from 'react-dom/client'
import { signIn } from './api.ts'
import { App } from './app.tsx'
import { startLanguages } from './i18n/index.ts'
import { languageOf, loadPreferences } from './preferences.ts'
import './styles.css'
import './pages.css'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')

await startLanguages(languageOf(await loadPreferences()))
await signIn()
createRoot(root).render(<App />)
