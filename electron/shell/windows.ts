/** The one main window: where it stood, how it looks, and that closing it only hides it. */
import { join } from 'node:path'
import { app, BrowserWindow, dialog, nativeTheme, screen } from 'electron'
import { channels } from '../contract/ipc.ts'
import { pageUrl } from './page-policy.ts'
import type { PreferenceStore, SavedBounds } from './preferences.ts'

/** Mockups are drawn for 1180 × 760 and hold down to 1024 × 700. */
const DEFAULT_SIZE = { width: 1180, height: 760 }
const MINIMUM_SIZE = { minWidth: 1024, minHeight: 700 }
/** Height of the strip that the page leaves free for Windows' own buttons. */
const TITLE_BAR = 40

/** Window background before the first paint, and the title bar's colours: the pages' tokens. */
const surfaces = {
  light: { color: '#f5f5f5', symbolColor: '#242424' },
  dark: { color: '#1f1f1f', symbolColor: '#ffffff' },
} as const

export class MainWindow {
  readonly #preferences: PreferenceStore
  readonly #iconPath: string
  #window: BrowserWindow | undefined
  #isQuitting = false

  constructor(preferences: PreferenceStore, iconPath: string) {
    this.#preferences = preferences
    this.#iconPath = iconPath
    app.on('before-quit', () => {
      this.#isQuitting = true
    })
    nativeTheme.on('updated', () => this.#paint())
  }

  /** Whether `contentsId` belongs to a window that this class made. */
  readonly owns = (contentsId: number): boolean => this.#window?.webContents.id === contentsId

  get isFocused(): boolean {
    return this.#window?.isFocused() ?? false
  }

  /** Brings the window to the front, at `route` where one is given; makes it where there is none. */
  show(route?: string): void {
    if (this.#window === undefined) {
      this.#window = this.#create(route)
      return
    }
    if (route !== undefined) this.#window.webContents.send(channels.route, route)
    if (this.#window.isMinimized()) this.#window.restore()
    this.#window.show()
    this.#window.focus()
  }

  /** Tells the page; a page that is not there asks for itself when it comes. */
  send(channel: string, value: unknown): void {
    this.#window?.webContents.send(channel, value)
  }

  /** Starts the page anew, at the place that it shows. */
  reload(): void {
    this.#window?.webContents.reload()
  }

  /** The parent of native dialogs. */
  get browserWindow(): BrowserWindow | undefined {
    return this.#window
  }

  #create(route: string | undefined): BrowserWindow {
    const saved = visible(this.#preferences.bounds)
    const window = new BrowserWindow({
      ...DEFAULT_SIZE,
      ...MINIMUM_SIZE,
      ...saved,
      show: false,
      title: 'Sitekeep',
      icon: this.#iconPath,
      autoHideMenuBar: true,
      backgroundColor: surface().color,
      ...(process.platform === 'win32' ? { titleBarStyle: 'hidden', titleBarOverlay: titleBar() } : {}),
      webPreferences: {
        preload: join(app.getAppPath(), 'out', 'preload', 'preload.cjs'),
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        webSecurity: true,
        spellcheck: false,
      },
    })
    window.removeMenu()
    if (this.#preferences.bounds?.isMaximized === true) window.maximize()
    window.once('ready-to-show', () => {
      window.show()
    })
    this.#keepBounds(window)
    window.on('close', (event) => {
      if (this.#isQuitting) return
      event.preventDefault()
      window.hide()
    })
    window.on('closed', () => {
      this.#window = undefined
    })
    window.loadURL(`${pageUrl}${route ?? ''}`).catch((error: unknown) => {
      // A window that was closed while it loaded has nothing to tell; a page that is not there means a broken installation.
      if (!window.isDestroyed()) dialog.showErrorBox('Sitekeep', error instanceof Error ? error.message : String(error))
    })
    return window
  }

  #keepBounds(window: BrowserWindow): void {
    const keep = () => {
      if (window.isMinimized() || window.isDestroyed()) return
      this.#preferences.bounds = { ...window.getNormalBounds(), isMaximized: window.isMaximized() }
    }
    // Once per hide or quit, not per moved pixel: the store writes a file each time.
    window.on('hide', keep)
    window.on('close', keep)
  }

  #paint(): void {
    if (this.#window === undefined) return
    this.#window.setBackgroundColor(surface().color)
    if (process.platform === 'win32') this.#window.setTitleBarOverlay(titleBar())
  }
}

function surface(): (typeof surfaces)[keyof typeof surfaces] {
  return surfaces[nativeTheme.shouldUseDarkColors ? 'dark' : 'light']
}

function titleBar(): { color: string; symbolColor: string; height: number } {
  return { ...surface(), height: TITLE_BAR }
}

/** A window that stood on a screen which is gone must not open where nobody can see it. */
function visible(bounds: SavedBounds | undefined): Electron.Rectangle | undefined {
  if (bounds === undefined) return undefined
  const { x, y, width, height } = bounds
  const isOnScreen = screen.getAllDisplays().some(({ workArea: area }) => {
    const isAcross = x < area.x + area.width - 100 && x + width > area.x + 100
    return isAcross && y >= area.y - 10 && y < area.y + area.height - 50
  })
  return isOnScreen ? { x, y, width, height } : undefined
}
