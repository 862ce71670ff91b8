import { readFileSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { QNetworkAccessManager } from '../../src/index.ts';
import { type Inspector, type InspectorOptions, openInspector } from '../../src/tools/inspector/start.ts';
import * as inPage from '../support/in-page.mjs';
import { program } from './programs.ts';

export const CHROMIUM = program('chromium');

const built = (name: string): string => readFileSync(new URL(`../../dist/${name}`, import.meta.url), 'utf8');

/** A manager, its inspector, and the page of that in a browser; all of it ends with the test. */
export interface Scene {
  readonly manager: QNetworkAccessManager;
  readonly inspector: Inspector;
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the browser has complained about. */
  readonly complaints: string[];
  /** Hosts that it has asked. */
  readonly hosts: Set<string>;
}

/** To be called once in a `describe`: one browser for all scenes of it. */
export function scenes(): { browser(): Browser; scene(options?: InspectorOptions): Promise<Scene> } {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox'] });
  });
  afterAll(() => browser.close());
  return { browser: () => browser, scene: (options = {}) => open(browser, options) };
}

async function open(browser: Browser, options: InspectorOptions): Promise<Scene> {
  const manager = new QNetworkAccessManager();
  const assets = { script: built('inspector-page.js'), style: built('inspector-page.css') };
  const inspector = await openInspector(manager, options, { assets });
  const context = await browser.newContext({ viewport: { width: 1300, height: 800 }, colorScheme: 'light' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  onTestFinished(async () => {
    await context.close();
    await inspector.close();
    await manager.close();
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await page.addInitScript(inPage.watchOver);
  await page.goto(inspector.url);
  await page.waitForSelector('.live[data-state="live"]');
  return { manager, inspector, context, page, complaints, hosts };
}

/** The lines of the list with this text. */
export const row = (page: Page, text: string) => page.locator('.rows .row:not([hidden])', { hasText: text });
