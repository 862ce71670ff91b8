/** placeholder, see helper */
export interface Url {
  readonly scheme: string; readonly userInfo: string | null; readonly host: string | null; readonly port: number; readonly path: string; readonly query: string | null; readonly fragment: string | null;
  readonly error: string; readonly target: string; readonly hostPort: string; readonly href: string;
}
