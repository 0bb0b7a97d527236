// Time one contestant: `node serve.js contestants/NAME.js PACKAGE_FOLDER`, in the manner of serve.py.
'use strict';

const path = require('path');
const readline = require('readline');

const MOMENT_S = 0.03;
const [script, folder] = process.argv.slice(2).map((argument) => path.resolve(argument));
const ways = require(script).prepare(folder);
const data = {};
const jobs = [];

function run(job) {
  let seconds = 0;
  job.wall = 0;
  for (let repeat = 0; repeat < job.repeats; repeat += 1) {
    const start = process.cpuUsage();
    const startMs = performance.now();
    job.pieces.map((piece) => job.normalize(piece));
    const used = process.cpuUsage(start);
    seconds += (used.user + used.system) / 1e6;
    job.wall += (performance.now() - startMs) / 1e3 / job.repeats;
  }
  return seconds / job.repeats;
}

function take(job, lines, wanted) {
  job.lines = Math.max(1, Math.min(wanted, lines.length));
  const share = lines.slice(0, job.lines);
  job.pieces = job.kind === 'string' ? [share.join('\n')] : share;
  job.bytes = job.pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
  job.codePoints = job.pieces.reduce((sum, piece) => sum + Array.from(piece).length, 0);
}

const commands = {
  load(request) {
    data[request.data] = request.lines;
    return {};
  },
  calibrate(request) {
    const lines = data[request.data];
    const job = { normalize: ways[request.way], kind: request.kind, repeats: 1 };
    take(job, lines, 1);
    let seconds = run(job);
    while (seconds < MOMENT_S / 2 && job.lines < lines.length) {
      take(job, lines, 4 * job.lines);
      seconds = run(job);
    }
    seconds = run(job); // once more: by now the code is compiled
    take(job, lines, Math.round((job.lines * MOMENT_S) / seconds));
    jobs.push(job);
    const calls = job.kind === 'calls' ? job.lines : 1;
    return { job: jobs.length - 1, bytes: job.bytes, code_points: job.codePoints, calls, crashes: 0 };
  },
  run(request) {
    const job = jobs[request.job];
    return { cpu: run(job), wall: job.wall };
  },
};

function answer(object) {
  process.stdout.write(JSON.stringify(object) + '\n');
}

answer({ version: require(path.join(folder, 'package.json')).version, runtime: `node ${process.version}` });
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const request = JSON.parse(line);
  try {
    answer(commands[request.do](request));
  } catch (error) {
    answer({ error: String(error).slice(0, 150) });
  }
});
