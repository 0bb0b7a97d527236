// Run one contestant: `node serve.js contestants/NAME.js PACKAGE_FOLDER < sentences > normalized`, as serve.py does it.
'use strict';

const fs = require('fs');
const path = require('path');

const [script, folder] = process.argv.slice(2).map((argument) => path.resolve(argument));
const normalize = require(script).prepare(folder);
const lines = fs.readFileSync(0, 'utf8').split('\n');

let crashes = 0;
function attempt(line) {
  try {
    return String(normalize(line));
  } catch {
    crashes += 1;
    return line;
  }
}

attempt(lines[0]); // loads what it needs
crashes = 0;
const start = process.cpuUsage();
const startMs = performance.now();
const results = lines.map(attempt);
const used = process.cpuUsage(start);
const wall = (performance.now() - startMs) / 1e3;
process.stdout.write(results.map((result) => result.replace(/[\r\n]+/g, ' ') + '\n').join(''));
const { version } = require(path.join(folder, 'package.json'));
const status = '/proc/self/status';
const peak = fs.existsSync(status) && fs.readFileSync(status, 'utf8').match(/^VmHWM:\s*(\d+)/m);
const report = {
  version,
  cpu_seconds: (used.user + used.system) / 1e6,
  wall_seconds: wall,
  peak_mib: peak ? Number(peak[1]) / 1024 : NaN,
  crashes,
};
process.stderr.write(JSON.stringify(report) + '\n');
