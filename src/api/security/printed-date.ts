const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/** `Nov  1 10:00:00 2023 GMT`, as OpenSSL prints it. */
export function printedDate(date: Date, milliseconds = false): string {
  if (Number.isNaN(date.getTime())) return 'Bad time value';
  const month = MONTHS.slice(3 * date.getUTCMonth(), 3 * date.getUTCMonth() + 3);
  const day = String(date.getUTCDate()).padStart(2);
  const time = date.toISOString().slice(11, milliseconds ? 23 : 19);
  return `${month} ${day} ${time} ${date.getUTCFullYear()} GMT`;
}
