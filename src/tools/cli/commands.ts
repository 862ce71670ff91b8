/** What `qnam` can be told to do. */
export type CommandName = 'get' | 'head' | 'post' | 'put' | 'delete' | 'request';

export interface CommandSpec {
  readonly name: CommandName;
  /** The method sent; null when the user names it with -X. */
  readonly method: string | null;
  readonly sendsBody: boolean;
  readonly text: string;
  readonly examples: readonly string[];
}

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'get',
    method: 'GET',
    sendsBody: false,
    text: 'Fetch each URL and write its body to standard output or to a file. The word get may be left out.',
    examples: ['qnam get http://localhost:8080/', 'qnam get -O http://example.org/a.iso http://example.org/b.iso'],
  },
  {
    name: 'head',
    method: 'HEAD',
    sendsBody: false,
    text: 'Ask for the head of the answer only and print it.',
    examples: ['qnam head http://example.org/a.iso'],
  },
  {
    name: 'post',
    method: 'POST',
    sendsBody: true,
    text: 'Send data to each URL and write the answer.',
    examples: [
      "qnam post -d 'name=Ada' -d 'year=1815' http://localhost:8080/people",
      'qnam post --json-body \'{"name":"Ada"}\' http://localhost:8080/people',
      'tar c src | qnam post -d @- http://localhost:8080/backup',
    ],
  },
  {
    name: 'put',
    method: 'PUT',
    sendsBody: true,
    text: 'Store data under each URL. A file given with -d @FILE is streamed, not loaded.',
    examples: ['qnam put -d @photo.jpg http://localhost:8080/photo.jpg', 'qnam put -d hello file:///tmp/hello.txt'],
  },
  {
    name: 'delete',
    method: 'DELETE',
    sendsBody: false,
    text: 'Delete what each URL names.',
    examples: ['qnam delete http://localhost:8080/people/7'],
  },
  {
    name: 'request',
    method: null,
    sendsBody: true,
    text: 'Send any method, with or without a body. The method is named with -X.',
    examples: [
      'qnam request -X OPTIONS -i http://localhost:8080/',
      'qnam request -X PATCH --json-body \'{"year":1816}\' http://localhost:8080/people/7',
    ],
  },
];

export function findCommand(name: string | undefined): CommandSpec | undefined {
  return COMMANDS.find((command) => command.name === name);
}
