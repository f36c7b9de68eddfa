/** Puts the tray model on the screen: one icon, one tooltip, one menu, renewed whenever what they show has changed. */
import { join } from 'node:path'
import { Menu, nativeImage, nativeTheme, Tray, type MenuItemConstructorOptions } from 'electron'
import type { ShellClock } from './clock.ts'
import { trayView, type TrayAction, type TrayInput, type TrayItem } from './tray-model.ts'
import type { TrayState } from './words.ts'

export interface TrayDeps {
  readonly clock: ShellClock
  /** Folder that holds `<state>-<on-light|on-dark>.png` and their scaled variants. */
  readonly iconFolder: string
  readonly read: () => Omit<TrayInput, 'now'>
  readonly act: (action: TrayAction) => void
}

/** An age in the tooltip is never older than this many milliseconds. */
const REFRESH = 30_000

export class TrayIcon {
  readonly #deps: TrayDeps
  readonly #tray: Tray
  #shown = ''

  constructor(deps: TrayDeps) {
    this.#deps = deps
    this.#tray = new Tray(this.#image('stopped'))
    this.#tray.on('click', () => deps.act({ do: 'open', route: undefined }))
    nativeTheme.on('updated', () => this.refresh())
    setInterval(() => this.refresh(), REFRESH).unref()
    this.refresh()
  }

  refresh(): void {
    const view = trayView({ ...this.#deps.read(), now: this.#deps.clock.now() })
    const theme = background()
    // Linux desktops close an open menu when it is replaced: only when something has really changed.
    const shown = JSON.stringify([view, theme])
    if (shown === this.#shown) return
    this.#shown = shown
    this.#tray.setImage(this.#image(view.state))
    this.#tray.setToolTip(view.tooltip)
    this.#tray.setContextMenu(Menu.buildFromTemplate(view.menu.map((item) => this.#template(item))))
  }

  /** Electron picks the @1.25x, @1.5x and @2x file by itself. */
  #image(state: TrayState): Electron.NativeImage {
    return nativeImage.createFromPath(join(this.#deps.iconFolder, `${state}-${background()}.png`))
  }

  #template(item: TrayItem): MenuItemConstructorOptions {
    if (item.separator === true) return { type: 'separator' }
    const { id, label, action, submenu } = item
    if (submenu !== undefined) {
      return { id, label, enabled: submenu.length > 0, submenu: submenu.map((child) => this.#template(child)) }
    }
    if (action === undefined) return { id, label, enabled: false }
    return { id, label, click: () => this.#deps.act(action) }
  }
}

function background(): 'on-light' | 'on-dark' {
  // The taskbar may be dark while windows are light.
  return nativeTheme.shouldUseDarkColorsForSystemIntegratedUI ? 'on-dark' : 'on-light'
}
