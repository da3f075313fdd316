/**
 * Stands in for the compiled part of VS Code's logger, @vscode/spdlog, where nothing is compiled: without it the output
 * channels of extensions stay empty. Writes each line to the log's file at once, and never rotates it.
 */
const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];

class Logger {
  constructor(_type, _name, file) {
    this.file = file;
    this.level = levels.indexOf('info');
    this.isPlain = false;
    for (const [at, level] of levels.entries()) this[level] = (message) => this.write(at, message);
    mkdirSync(dirname(file), { recursive: true });
  }

  write(at, message) {
    if (at < this.level) return;
    const line = this.isPlain ? message : `${new Date().toISOString()} [${levels[at]}] ${message}\n`;
    appendFileSync(this.file, line);
  }

  getLevel() {
    return this.level;
  }

  setLevel(level) {
    this.level = level;
  }

  setPattern() {}

  /** The caller formats its lines itself. */
  clearFormatters() {
    this.isPlain = true;
  }

  flush() {}

  drop() {}
}

const create = (name, file) => Promise.resolve(new Logger('rotating', name, file));

// Each by its own assignment: what imports this file as an ES module sees no other names.
exports.version = 0;
exports.setLevel = () => undefined;
exports.setFlushOn = () => undefined;
exports.Logger = Logger;
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
