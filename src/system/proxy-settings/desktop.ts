import type { Environment } from '../../rules/proxy/environment.ts';

/** Who keeps the settings of a user. */
export type Desktop = 'GNOME' | 'KDE' | 'macOS' | 'Windows';

/** Desktops that keep them where GNOME does. */
const LIKE_GNOME = ['gnome', 'unity', 'cinnamon', 'x-cinnamon', 'budgie', 'pantheon', 'mate', 'ukui', 'deepin'];

/** Null where there are no settings but the environment. */
export function desktopOf(platform: NodeJS.Platform, env: Environment): Desktop | null {
  if (platform === 'darwin') return 'macOS';
  if (platform === 'win32') return 'Windows';
  // a list, the most special first
  for (const name of (env['XDG_CURRENT_DESKTOP'] ?? '').toLowerCase().split(':')) {
    if (name === 'kde') return 'KDE';
    if (LIKE_GNOME.includes(name)) return 'GNOME';
  }
  return null;
}
