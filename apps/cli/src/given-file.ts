import fs from 'node:fs';
import path from 'node:path';

/** A file as it was named on the command line: from where the person is, also by way of `npm run` or `npx`. */
export const givenFile = (name: string): string => path.resolve(process.env.INIT_CWD ?? process.env.PWD ?? '.', name);

/** What is in such a file, without the white space around it. */
export const givenText = (name: string): string => fs.readFileSync(givenFile(name), 'utf8').trim();
