CREATE TABLE price_sources (
    kind TEXT DEFAULT 'price' NOT NULL CONSTRAINT price_sources_kind CHECK (kind IN ('price', 'rate')),
    ticker TEXT NOT NULL CONSTRAINT price_sources_ticker CHECK (length(ticker) BETWEEN 1 AND 200 AND ticker = trim(ticker) AND ticker NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    source TEXT NOT NULL CONSTRAINT price_sources_source CHECK (source IN ('yahoo', 'coingecko', 'ecb', 'csv', 'manual')),
    symbol TEXT DEFAULT '' NOT NULL CONSTRAINT price_sources_symbol CHECK (length(symbol) BETWEEN 0 AND 200 AND symbol = trim(symbol) AND symbol NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    currency TEXT CONSTRAINT price_sources_currency CHECK (currency IS NULL OR (length(currency) = 3 AND currency NOT GLOB '*[^A-Z]*')),
    scale TEXT DEFAULT '1' NOT NULL CONSTRAINT price_sources_scale CHECK ((scale GLOB '[0-9]*' OR scale GLOB '-[0-9]*') AND substr(scale, 2) NOT GLOB '*[^0-9.]*' AND scale NOT GLOB '*.*.*' AND scale NOT GLOB '*.' AND scale NOT GLOB '*.*0' AND scale NOT GLOB '0[0-9]*' AND scale NOT GLOB '-0[0-9]*' AND scale <> '-0' AND length(scale) <= 32 AND CAST(scale AS REAL) > 0),
    PRIMARY KEY (kind, ticker)
) WITHOUT ROWID, STRICT

CREATE TABLE splits (
    ticker TEXT NOT NULL CONSTRAINT splits_ticker CHECK (length(ticker) BETWEEN 1 AND 200 AND ticker = trim(ticker) AND ticker NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    date TEXT NOT NULL CONSTRAINT splits_date CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(date, '+0 days') IS date AND date BETWEEN '1900-01-01' AND '2199-12-31'),
    ratio TEXT NOT NULL CONSTRAINT splits_ratio CHECK ((ratio GLOB '[0-9]*' OR ratio GLOB '-[0-9]*') AND substr(ratio, 2) NOT GLOB '*[^0-9.]*' AND ratio NOT GLOB '*.*.*' AND ratio NOT GLOB '*.' AND ratio NOT GLOB '*.*0' AND ratio NOT GLOB '0[0-9]*' AND ratio NOT GLOB '-0[0-9]*' AND ratio <> '-0' AND length(ratio) <= 32 AND CAST(ratio AS REAL) > 0),
    source TEXT DEFAULT '' NOT NULL CONSTRAINT splits_source CHECK (length(source) BETWEEN 0 AND 200 AND source = trim(source) AND source NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    PRIMARY KEY (ticker, date)
) WITHOUT ROWID, STRICT

CREATE TABLE quote_status (
    kind TEXT NOT NULL CONSTRAINT quote_status_kind CHECK (kind IN ('price', 'rate')),
    ticker TEXT NOT NULL CONSTRAINT quote_status_ticker CHECK (length(ticker) BETWEEN 1 AND 200 AND ticker = trim(ticker) AND ticker NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    tried_at TEXT NOT NULL CONSTRAINT quote_status_tried_at CHECK (length(tried_at) BETWEEN 1 AND 200 AND tried_at = trim(tried_at) AND tried_at NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    succeeded_at TEXT CONSTRAINT quote_status_succeeded_at CHECK (succeeded_at IS NULL OR (length(succeeded_at) BETWEEN 1 AND 200 AND succeeded_at = trim(succeeded_at) AND succeeded_at NOT GLOB '*[' || char(1) || '-' || char(31) || ']*')),
    provisional TEXT CONSTRAINT quote_status_provisional CHECK (provisional IS NULL OR (provisional GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(provisional, '+0 days') IS provisional AND provisional BETWEEN '1900-01-01' AND '2199-12-31')),
    failure TEXT DEFAULT '' NOT NULL CONSTRAINT quote_status_failure CHECK (length(failure) <= 2000),
    PRIMARY KEY (kind, ticker)
) WITHOUT ROWID, STRICT

CREATE TABLE quarantine (
    kind TEXT NOT NULL CONSTRAINT quarantine_kind CHECK (kind IN ('price', 'rate', 'dividend')),
    ticker TEXT NOT NULL CONSTRAINT quarantine_ticker CHECK (length(ticker) BETWEEN 1 AND 200 AND ticker = trim(ticker) AND ticker NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    date TEXT NOT NULL CONSTRAINT quarantine_date CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(date, '+0 days') IS date AND date BETWEEN '1900-01-01' AND '2199-12-31'),
    value TEXT NOT NULL CONSTRAINT quarantine_value CHECK (length(value) BETWEEN 1 AND 200 AND value = trim(value) AND value NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    currency TEXT NOT NULL CONSTRAINT quarantine_currency CHECK (length(currency) = 3 AND currency NOT GLOB '*[^A-Z]*'),
    source TEXT DEFAULT '' NOT NULL CONSTRAINT quarantine_source CHECK (length(source) BETWEEN 0 AND 200 AND source = trim(source) AND source NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    reason TEXT DEFAULT '' NOT NULL CONSTRAINT quarantine_reason CHECK (length(reason) <= 2000),
    status TEXT DEFAULT 'held' NOT NULL CONSTRAINT quarantine_status CHECK (status IN ('held', 'discarded')),
    PRIMARY KEY (kind, ticker, date)
) WITHOUT ROWID, STRICT

CREATE TABLE history (
    series TEXT NOT NULL CONSTRAINT history_series CHECK (length(series) BETWEEN 1 AND 200 AND series = trim(series) AND series NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    date TEXT NOT NULL CONSTRAINT history_date CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(date, '+0 days') IS date AND date BETWEEN '1700-01-01' AND '2199-12-31'),
    value TEXT NOT NULL CONSTRAINT history_value CHECK ((value GLOB '[0-9]*' OR value GLOB '-[0-9]*') AND substr(value, 2) NOT GLOB '*[^0-9.]*' AND value NOT GLOB '*.*.*' AND value NOT GLOB '*.' AND value NOT GLOB '*.*0' AND value NOT GLOB '0[0-9]*' AND value NOT GLOB '-0[0-9]*' AND value <> '-0' AND length(value) <= 32),
    source TEXT DEFAULT '' NOT NULL CONSTRAINT history_source CHECK (length(source) BETWEEN 0 AND 200 AND source = trim(source) AND source NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    PRIMARY KEY (series, date)
) WITHOUT ROWID, STRICT

CREATE TRIGGER price_sources_insert_touches AFTER INSERT ON price_sources BEGIN
    INSERT INTO touched VALUES ('price_sources', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER price_sources_delete_touches AFTER DELETE ON price_sources BEGIN
    INSERT INTO touched VALUES ('price_sources', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER price_sources_update_touches AFTER UPDATE ON price_sources BEGIN
    INSERT INTO touched VALUES ('price_sources', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER splits_insert_touches AFTER INSERT ON splits BEGIN
    INSERT INTO touched VALUES ('splits', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER splits_delete_touches AFTER DELETE ON splits BEGIN
    INSERT INTO touched VALUES ('splits', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER splits_update_touches AFTER UPDATE ON splits BEGIN
    INSERT INTO touched VALUES ('splits', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END
