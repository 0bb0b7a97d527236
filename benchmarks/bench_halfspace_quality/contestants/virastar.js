// virastar: rules for Persian typography.
'use strict';

exports.prepare = (folder) => {
  const Virastar = require(folder);
  const editor = new Virastar();
  return (text) => editor.cleanup(text);
};
