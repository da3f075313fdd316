// Unpacks the browser of @sparticuz/chromium into the temporary folder of this process, and says where it lies. A process of
// its own, since the package takes that folder, and whether it brings its shared libraries, from the environment.
import chromium from '@sparticuz/chromium';

process.stdout.write(await chromium.executablePath());
