// Writes report.md and its plots from what the benches found: report.mjs FOLDER
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
const order = ['queue', 'pipeline', 'upload', 'servers', 'fanout', 'connections', 'start',
    'growth', 'search', 'engine'];

function format(number) {
    if (number === null) return '–';
    if (number >= 1000) return Math.round(number).toLocaleString('en');
    return String(Number(number.toPrecision(3)));
}

function escape(text) {
    return text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]);
}

/** One bar for each contender, in groups by setting. */
function plot(rows, column) {
    const bars = rows.filter((row) => row.values[column].median !== null);
    const most = Math.max(...bars.map((row) => row.values[column].most));
    const lines = [];
    let y = 24;
    let setting = '';
    for (const row of bars) {
        const { median, least, most: highest } = row.values[column];
        if (row.setting !== setting) {
            setting = row.setting;
            y += 22;
            lines.push(`<text x="8" y="${y - 8}" font-weight="bold">${escape(setting)}</text>`);
        }
        const at = (value) => 170 + 400 * value / most;
        const colour = row.who === 'Facewire' ? '#2563eb' : '#94a3b8';
        lines.push(
            `<text x="160" y="${y + 12}" text-anchor="end">${escape(row.who)}</text>`,
            `<rect x="170" y="${y}" width="${at(median) - 170}" height="16" fill="${colour}"/>`,
            `<path d="M${at(least)} ${y + 8}H${at(highest)}" stroke="#0f172a"/>`,
            `<text x="${at(highest) + 6}" y="${y + 12}">${format(median)}</text>`,
        );
        y += 20;
    }
    return `<svg xmlns="http://www.w3.org/2000/svg" width="660" height="${y + 10}"`
        + ' font-family="sans-serif" font-size="12">'
        + `<rect width="100%" height="100%" fill="#fff"/><text x="8" y="18">${escape(column)}</text>`
        + `${lines.join('')}</svg>\n`;
}

/** Cost against size, a line for each thing that was measured; both axes are logarithmic. */
function curves(rows, column) {
    const seen = rows.filter((row) => row.values[column].median !== null);
    const settings = [...new Set(seen.map((row) => row.setting))];
    const colours = ['#2563eb', '#dc2626', '#059669', '#d97706', '#7c3aed', '#0891b2', '#be185d', '#4d7c0f', '#475569', '#000'];
    const sizes = seen.map((row) => Math.max(Number(row.who), 1));
    const costs = seen.map((row) => row.values[column].median);
    const scale = (values, from, to) => {
        const [low, high] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
        const at = (value) => from + (to - from) * (Math.log10(Math.max(value, 1e-9)) - low) / (high - low || 1);
        const ticks = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
        return { at, ticks };
    };
    const x = scale(sizes, 70, 640);
    const y = scale(costs, 330, 30);
    const lines = [
        ...x.ticks.map((tick) => `<path d="M${x.at(tick)} 30V330" stroke="#e2e8f0"/>`
            + `<text x="${x.at(tick)}" y="346" text-anchor="middle">${format(tick)}</text>`),
        ...y.ticks.map((tick) => `<path d="M70 ${y.at(tick)}H640" stroke="#e2e8f0"/>`
            + `<text x="64" y="${y.at(tick) + 4}" text-anchor="end">${format(tick)}</text>`),
    ];
    settings.forEach((setting, i) => {
        const colour = colours[i % colours.length];
        const points = seen.filter((row) => row.setting === setting)
            .map((row) => [x.at(Math.max(Number(row.who), 1)), y.at(row.values[column].median)]);
        lines.push(`<path d="M${points.map((point) => point.join(' ')).join('L')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
            ...points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`),
            `<rect x="70" y="${364 + 18 * i}" width="12" height="12" fill="${colour}"/>`,
            `<text x="88" y="${374 + 18 * i}">${escape(setting)}</text>`);
    });
    return `<svg xmlns="http://www.w3.org/2000/svg" width="660" height="${376 + 18 * settings.length}"`
        + ' font-family="sans-serif" font-size="12">'
        + `<rect width="100%" height="100%" fill="#fff"/><text x="8" y="18">${escape(column)}</text>`
        + `${lines.join('')}</svg>\n`;
}

function table(rows, columns) {
    const lines = [];
    let setting = null;
    for (const row of rows) {
        if (row.setting !== setting) {
            setting = row.setting;
            lines.push('', `| ${setting} | ${columns.join(' | ')} | foreign % |`,
                `|---|${'---:|'.repeat(columns.length + 1)}`);
        }
        const cells = columns.map((column) => format(row.values[column].median));
        lines.push(`| ${row.who} | ${cells.join(' | ')} | ${format(row.foreign)} |`);
    }
    return lines.join('\n');
}

function section(found) {
    const columns = Object.keys(found.rows[0].values);
    const image = `${found.bench}.svg`;
    writeFileSync(join(folder, image), (found.bench === 'growth' ? curves : plot)(found.rows, columns[0]));
    const bars = found.bars.filter((bar) => bar.what).map((bar) =>
        `| ${bar.what} | ${format(bar.value)} | ${bar.side} ${bar.bar} | ${bar.holds ? 'holds' : '**misses**'} |`);
    return [
        `## ${found.bench}`, '', `${found.about}. Medians of ${found.rows[0].rounds} rounds.`,
        table(found.rows, columns), '', `![${columns[0]}](${image})`, '',
        ...(bars.length ? ['| bar | found | wanted | |', '|---|---:|---|---|', ...bars, ''] : []),
    ].join('\n');
}

const found = readdirSync(folder).filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
    .filter(({ bench }) => order.includes(bench))
    .sort((a, b) => order.indexOf(a.bench) - order.indexOf(b.bench));
const kernel = execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim();

writeFileSync(join(folder, 'report.md'), [
    '# Beside its peers', '',
    `Made by \`./facewire bench\`, ${found[0].time.slice(0, 10)}, on ${cpus().length} cores of ${cpus()[0].model}, Linux ${kernel}.`,
    '"foreign" is the share of both cores that others used meanwhile: above 10 % trust ratios and CPU, not rates and times.',
    '', ...found.map(section),
].join('\n'));
console.log(join(folder, 'report.md'));
