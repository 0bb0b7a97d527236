// virastar: rules for Persian typography. `node virastar.js PACKAGE_FOLDER < sentences > normalized`, as serve.py does it.
'use strict';

const fs = require('fs');
const path = require('path');

const folder = path.resolve(process.argv[2]);
const Virastar = require(folder);
const editor = new Virastar();
const lines = fs.readFileSync(0, 'utf8').split('\n');

let crashes = 0;
function attempt(line) {
  try {
    return String(editor.cleanup(line));
  } catch {
    crashes += 1;
    return line;
  }
}

editor.cleanup('این کتاب را می خوانم');
const start = process.cpuUsage();
const results = lines.map(attempt);
const used = process.cpuUsage(start);
process.stdout.write(results.map((result) => result.replace(/[\r\n]+/g, ' ') + '\n').join(''));
const { version } = require(path.join(folder, 'package.json'));
const report = { version, cpu_seconds: (used.user + used.system) / 1e6, crashes };
process.stderr.write(JSON.stringify(report) + '\n');
