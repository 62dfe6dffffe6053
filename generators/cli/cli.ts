#!/usr/bin/env node
// Only syntax and names that every Node since 12 knows: an old one must get as far as the message.
// The range is that of package.json's engines.
var version = process.versions.node.split('.').map(Number);
var major = version[0] || 0;
var minor = version[1] || 0;

if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) {
  void import('./main.ts').then(function (program) {
    return program.main(process.argv.slice(2));
  });
} else {
  console.error(
    'create-microservice: this is Node ' +
      process.versions.node +
      '; install Node 20.19, 22.12 or newer from https://nodejs.org',
  );
  process.exitCode = 1;
}
