import type { Desktop } from './desktop.ts';
import { gnomeSettings } from './gnome.ts';
import { kdeSettings } from './kde.ts';
import type { SettingsMachine } from './machine.ts';
import { macosSettings } from './macos.ts';
import type { ProxySettings } from './settings.ts';
import { windowsSettings } from './windows.ts';

const WINDOWS_KEY = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings';

/** What the settings of a desktop say now. Where they cannot be read there are none. */
export async function readSettings(desktop: Desktop, machine: SettingsMachine): Promise<ProxySettings> {
  switch (desktop) {
    case 'GNOME':
      return gnomeSettings(await machine.output('gsettings', ['list-recursively', 'org.gnome.system.proxy']));
    case 'KDE':
      return kdeSettings(await kdeFiles(machine), machine.env);
    case 'macOS':
      return macosSettings(await machine.output('/usr/sbin/scutil', ['--proxy']));
    case 'Windows': {
      const root = machine.env['SystemRoot'] ?? 'C:\\Windows';
      return windowsSettings(await machine.output(`${root}\\System32\\reg.exe`, ['query', WINDOWS_KEY, '/s']));
    }
  }
}

/** Those of the system and that of the user in one: of entries with the same name the last one counts. */
async function kdeFiles({ env, home, text }: SettingsMachine): Promise<string> {
  const shared = (env['XDG_CONFIG_DIRS'] || '/etc/xdg').split(':').reverse();
  const own = env['XDG_CONFIG_HOME'] || `${home}/.config`;
  const files = [...shared, own].filter((folder) => folder.startsWith('/')).map((folder) => text(`${folder}/kioslaverc`));
  return (await Promise.all(files)).join('\n');
}
