/** Of this program: package.json alone says it. Without an import attribute the bundler takes this value and no more. */
export { version } from '../../package.json';
