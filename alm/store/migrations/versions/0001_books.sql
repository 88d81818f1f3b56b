CREATE TABLE settings (
    name TEXT NOT NULL CONSTRAINT settings_name CHECK (length(name) BETWEEN 1 AND 200 AND name = trim(name) AND name NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    value TEXT DEFAULT '' NOT NULL CONSTRAINT settings_value CHECK (length(value) BETWEEN 0 AND 200 AND value = trim(value) AND value NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    PRIMARY KEY (name)
) WITHOUT ROWID, STRICT;

CREATE TABLE accounts (
    name TEXT NOT NULL CONSTRAINT accounts_name CHECK (length(name) BETWEEN 1 AND 200 AND name = trim(name) AND name NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    institution TEXT DEFAULT '' NOT NULL CONSTRAINT accounts_institution CHECK (length(institution) BETWEEN 0 AND 200 AND institution = trim(institution) AND institution NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    country TEXT DEFAULT '' NOT NULL CONSTRAINT accounts_country CHECK (length(country) BETWEEN 0 AND 200 AND country = trim(country) AND country NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    tax_treatment TEXT DEFAULT 'taxable' NOT NULL CONSTRAINT accounts_tax_treatment CHECK (tax_treatment IN ('taxable', 'tax_free', 'deferred')),
    allows_shorts INTEGER DEFAULT '0' NOT NULL CONSTRAINT accounts_allows_shorts CHECK (allows_shorts IN (0, 1)),
    PRIMARY KEY (name)
) WITHOUT ROWID, STRICT;

CREATE TABLE loans (
    name TEXT NOT NULL CONSTRAINT loans_name CHECK (length(name) BETWEEN 1 AND 200 AND name = trim(name) AND name NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    kind TEXT NOT NULL CONSTRAINT loans_kind CHECK (kind IN ('securities_backed', 'credit_line', 'mortgage', 'term')),
    currency TEXT NOT NULL CONSTRAINT loans_currency CHECK (length(currency) = 3 AND currency NOT GLOB '*[^A-Z]*'),
    balance TEXT DEFAULT '0' NOT NULL CONSTRAINT loans_balance CHECK ((balance GLOB '[0-9]*' OR balance GLOB '-[0-9]*') AND substr(balance, 2) NOT GLOB '*[^0-9.]*' AND balance NOT GLOB '*.*.*' AND balance NOT GLOB '*.' AND balance NOT GLOB '*.*0' AND balance NOT GLOB '0[0-9]*' AND balance NOT GLOB '-0[0-9]*' AND balance <> '-0' AND length(balance) <= 32 AND CAST(balance AS REAL) >= 0),
    accrued_interest TEXT DEFAULT '0' NOT NULL CONSTRAINT loans_accrued_interest CHECK ((accrued_interest GLOB '[0-9]*' OR accrued_interest GLOB '-[0-9]*') AND substr(accrued_interest, 2) NOT GLOB '*[^0-9.]*' AND accrued_interest NOT GLOB '*.*.*' AND accrued_interest NOT GLOB '*.' AND accrued_interest NOT GLOB '*.*0' AND accrued_interest NOT GLOB '0[0-9]*' AND accrued_interest NOT GLOB '-0[0-9]*' AND accrued_interest <> '-0' AND length(accrued_interest) <= 32 AND CAST(accrued_interest AS REAL) >= 0),
    rate_pa TEXT NOT NULL CONSTRAINT loans_rate_pa CHECK ((rate_pa GLOB '[0-9]*' OR rate_pa GLOB '-[0-9]*') AND substr(rate_pa, 2) NOT GLOB '*[^0-9.]*' AND rate_pa NOT GLOB '*.*.*' AND rate_pa NOT GLOB '*.' AND rate_pa NOT GLOB '*.*0' AND rate_pa NOT GLOB '0[0-9]*' AND rate_pa NOT GLOB '-0[0-9]*' AND rate_pa <> '-0' AND length(rate_pa) <= 32 AND CAST(rate_pa AS REAL) >= -0.1 AND CAST(rate_pa AS REAL) <= 1),
    profile TEXT CONSTRAINT loans_profile CHECK (profile IS NULL OR (length(profile) BETWEEN 1 AND 200 AND profile = trim(profile) AND profile NOT GLOB '*[' || char(1) || '-' || char(31) || ']*')),
    credit_limit TEXT CONSTRAINT loans_credit_limit CHECK (credit_limit IS NULL OR ((credit_limit GLOB '[0-9]*' OR credit_limit GLOB '-[0-9]*') AND substr(credit_limit, 2) NOT GLOB '*[^0-9.]*' AND credit_limit NOT GLOB '*.*.*' AND credit_limit NOT GLOB '*.' AND credit_limit NOT GLOB '*.*0' AND credit_limit NOT GLOB '0[0-9]*' AND credit_limit NOT GLOB '-0[0-9]*' AND credit_limit <> '-0' AND length(credit_limit) <= 32 AND CAST(credit_limit AS REAL) >= 0)),
    commitment_fee_pa TEXT DEFAULT '0' NOT NULL CONSTRAINT loans_commitment_fee_pa CHECK ((commitment_fee_pa GLOB '[0-9]*' OR commitment_fee_pa GLOB '-[0-9]*') AND substr(commitment_fee_pa, 2) NOT GLOB '*[^0-9.]*' AND commitment_fee_pa NOT GLOB '*.*.*' AND commitment_fee_pa NOT GLOB '*.' AND commitment_fee_pa NOT GLOB '*.*0' AND commitment_fee_pa NOT GLOB '0[0-9]*' AND commitment_fee_pa NOT GLOB '-0[0-9]*' AND commitment_fee_pa <> '-0' AND length(commitment_fee_pa) <= 32 AND CAST(commitment_fee_pa AS REAL) >= 0 AND CAST(commitment_fee_pa AS REAL) <= 1),
    committed INTEGER DEFAULT '1' NOT NULL CONSTRAINT loans_committed CHECK (committed IN (0, 1)),
    expires TEXT CONSTRAINT loans_expires CHECK (expires IS NULL OR (expires GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(expires, '+0 days') IS expires AND expires BETWEEN '1900-01-01' AND '2199-12-31')),
    payment TEXT CONSTRAINT loans_payment CHECK (payment IS NULL OR ((payment GLOB '[0-9]*' OR payment GLOB '-[0-9]*') AND substr(payment, 2) NOT GLOB '*[^0-9.]*' AND payment NOT GLOB '*.*.*' AND payment NOT GLOB '*.' AND payment NOT GLOB '*.*0' AND payment NOT GLOB '0[0-9]*' AND payment NOT GLOB '-0[0-9]*' AND payment <> '-0' AND length(payment) <= 32 AND CAST(payment AS REAL) >= 0)),
    ends TEXT CONSTRAINT loans_ends CHECK (ends IS NULL OR (ends GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(ends, '+0 days') IS ends AND ends BETWEEN '1900-01-01' AND '2199-12-31')),
    PRIMARY KEY (name),
    CONSTRAINT loans_rules CHECK (kind <> 'securities_backed' OR profile IS NOT NULL),
    CONSTRAINT loans_limit CHECK (kind <> 'credit_line' OR credit_limit IS NOT NULL),
    CONSTRAINT loans_repaid CHECK (kind NOT IN ('mortgage', 'term') OR payment IS NOT NULL)
) WITHOUT ROWID, STRICT;

CREATE TABLE loan_rates (
    loan TEXT NOT NULL CONSTRAINT loan_rates_loan CHECK (length(loan) BETWEEN 1 AND 200 AND loan = trim(loan) AND loan NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    from_date TEXT NOT NULL CONSTRAINT loan_rates_from_date CHECK (from_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(from_date, '+0 days') IS from_date AND from_date BETWEEN '1900-01-01' AND '2199-12-31'),
    from_balance TEXT DEFAULT '0' NOT NULL CONSTRAINT loan_rates_from_balance CHECK ((from_balance GLOB '[0-9]*' OR from_balance GLOB '-[0-9]*') AND substr(from_balance, 2) NOT GLOB '*[^0-9.]*' AND from_balance NOT GLOB '*.*.*' AND from_balance NOT GLOB '*.' AND from_balance NOT GLOB '*.*0' AND from_balance NOT GLOB '0[0-9]*' AND from_balance NOT GLOB '-0[0-9]*' AND from_balance <> '-0' AND length(from_balance) <= 32 AND CAST(from_balance AS REAL) >= 0),
    rate_pa TEXT NOT NULL CONSTRAINT loan_rates_rate_pa CHECK ((rate_pa GLOB '[0-9]*' OR rate_pa GLOB '-[0-9]*') AND substr(rate_pa, 2) NOT GLOB '*[^0-9.]*' AND rate_pa NOT GLOB '*.*.*' AND rate_pa NOT GLOB '*.' AND rate_pa NOT GLOB '*.*0' AND rate_pa NOT GLOB '0[0-9]*' AND rate_pa NOT GLOB '-0[0-9]*' AND rate_pa <> '-0' AND length(rate_pa) <= 32 AND CAST(rate_pa AS REAL) >= -0.1 AND CAST(rate_pa AS REAL) <= 1),
    PRIMARY KEY (loan, from_date, from_balance),
    FOREIGN KEY(loan) REFERENCES loans (name) ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID, STRICT;

CREATE TABLE holdings (
    id INTEGER NOT NULL,
    ticker TEXT NOT NULL CONSTRAINT holdings_ticker CHECK (length(ticker) BETWEEN 1 AND 200 AND ticker = trim(ticker) AND ticker NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    name TEXT DEFAULT '' NOT NULL CONSTRAINT holdings_name CHECK (length(name) BETWEEN 0 AND 200 AND name = trim(name) AND name NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    account TEXT NOT NULL CONSTRAINT holdings_account CHECK (length(account) BETWEEN 1 AND 200 AND account = trim(account) AND account NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    asset_class TEXT NOT NULL CONSTRAINT holdings_asset_class CHECK (asset_class IN ('equity', 'bond', 'reit', 'gold', 'crypto', 'fund', 'cash_like')),
    sector TEXT DEFAULT '' NOT NULL CONSTRAINT holdings_sector CHECK (length(sector) BETWEEN 0 AND 200 AND sector = trim(sector) AND sector NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    country TEXT DEFAULT '' NOT NULL CONSTRAINT holdings_country CHECK (length(country) BETWEEN 0 AND 200 AND country = trim(country) AND country NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    currency TEXT NOT NULL CONSTRAINT holdings_currency CHECK (length(currency) = 3 AND currency NOT GLOB '*[^A-Z]*'),
    quantity TEXT NOT NULL CONSTRAINT holdings_quantity CHECK ((quantity GLOB '[0-9]*' OR quantity GLOB '-[0-9]*') AND substr(quantity, 2) NOT GLOB '*[^0-9.]*' AND quantity NOT GLOB '*.*.*' AND quantity NOT GLOB '*.' AND quantity NOT GLOB '*.*0' AND quantity NOT GLOB '0[0-9]*' AND quantity NOT GLOB '-0[0-9]*' AND quantity <> '-0' AND length(quantity) <= 32),
    cost_basis TEXT NOT NULL CONSTRAINT holdings_cost_basis CHECK ((cost_basis GLOB '[0-9]*' OR cost_basis GLOB '-[0-9]*') AND substr(cost_basis, 2) NOT GLOB '*[^0-9.]*' AND cost_basis NOT GLOB '*.*.*' AND cost_basis NOT GLOB '*.' AND cost_basis NOT GLOB '*.*0' AND cost_basis NOT GLOB '0[0-9]*' AND cost_basis NOT GLOB '-0[0-9]*' AND cost_basis <> '-0' AND length(cost_basis) <= 32),
    cost_basis_base TEXT CONSTRAINT holdings_cost_basis_base CHECK (cost_basis_base IS NULL OR ((cost_basis_base GLOB '[0-9]*' OR cost_basis_base GLOB '-[0-9]*') AND substr(cost_basis_base, 2) NOT GLOB '*[^0-9.]*' AND cost_basis_base NOT GLOB '*.*.*' AND cost_basis_base NOT GLOB '*.' AND cost_basis_base NOT GLOB '*.*0' AND cost_basis_base NOT GLOB '0[0-9]*' AND cost_basis_base NOT GLOB '-0[0-9]*' AND cost_basis_base <> '-0' AND length(cost_basis_base) <= 32)),
    price_unit TEXT DEFAULT '1' NOT NULL CONSTRAINT holdings_price_unit CHECK ((price_unit GLOB '[0-9]*' OR price_unit GLOB '-[0-9]*') AND substr(price_unit, 2) NOT GLOB '*[^0-9.]*' AND price_unit NOT GLOB '*.*.*' AND price_unit NOT GLOB '*.' AND price_unit NOT GLOB '*.*0' AND price_unit NOT GLOB '0[0-9]*' AND price_unit NOT GLOB '-0[0-9]*' AND price_unit <> '-0' AND length(price_unit) <= 32 AND CAST(price_unit AS REAL) > 0),
    pledged_to TEXT CONSTRAINT holdings_pledged_to CHECK (pledged_to IS NULL OR (length(pledged_to) BETWEEN 1 AND 200 AND pledged_to = trim(pledged_to) AND pledged_to NOT GLOB '*[' || char(1) || '-' || char(31) || ']*')),
    advance_rate TEXT DEFAULT '1' NOT NULL CONSTRAINT holdings_advance_rate CHECK ((advance_rate GLOB '[0-9]*' OR advance_rate GLOB '-[0-9]*') AND substr(advance_rate, 2) NOT GLOB '*[^0-9.]*' AND advance_rate NOT GLOB '*.*.*' AND advance_rate NOT GLOB '*.' AND advance_rate NOT GLOB '*.*0' AND advance_rate NOT GLOB '0[0-9]*' AND advance_rate NOT GLOB '-0[0-9]*' AND advance_rate <> '-0' AND length(advance_rate) <= 32 AND CAST(advance_rate AS REAL) >= 0 AND CAST(advance_rate AS REAL) <= 1),
    dividend_yield TEXT CONSTRAINT holdings_dividend_yield CHECK (dividend_yield IS NULL OR ((dividend_yield GLOB '[0-9]*' OR dividend_yield GLOB '-[0-9]*') AND substr(dividend_yield, 2) NOT GLOB '*[^0-9.]*' AND dividend_yield NOT GLOB '*.*.*' AND dividend_yield NOT GLOB '*.' AND dividend_yield NOT GLOB '*.*0' AND dividend_yield NOT GLOB '0[0-9]*' AND dividend_yield NOT GLOB '-0[0-9]*' AND dividend_yield <> '-0' AND length(dividend_yield) <= 32 AND CAST(dividend_yield AS REAL) >= 0 AND CAST(dividend_yield AS REAL) <= 1)),
    PRIMARY KEY (id),
    CONSTRAINT holdings_cost CHECK (cost_basis NOT GLOB '-*' OR quantity GLOB '-*'),
    CONSTRAINT holdings_short CHECK (pledged_to IS NULL OR quantity NOT GLOB '-*'),
    FOREIGN KEY(account) REFERENCES accounts (name) ON UPDATE CASCADE,
    FOREIGN KEY(pledged_to) REFERENCES loans (name) ON UPDATE CASCADE
) STRICT;

CREATE UNIQUE INDEX holdings_once ON holdings (account, ticker, coalesce(pledged_to, ''));

CREATE TABLE cash (
    account TEXT NOT NULL CONSTRAINT cash_account CHECK (length(account) BETWEEN 1 AND 200 AND account = trim(account) AND account NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    currency TEXT NOT NULL CONSTRAINT cash_currency CHECK (length(currency) = 3 AND currency NOT GLOB '*[^A-Z]*'),
    amount TEXT NOT NULL CONSTRAINT cash_amount CHECK ((amount GLOB '[0-9]*' OR amount GLOB '-[0-9]*') AND substr(amount, 2) NOT GLOB '*[^0-9.]*' AND amount NOT GLOB '*.*.*' AND amount NOT GLOB '*.' AND amount NOT GLOB '*.*0' AND amount NOT GLOB '0[0-9]*' AND amount NOT GLOB '-0[0-9]*' AND amount <> '-0' AND length(amount) <= 32),
    PRIMARY KEY (account, currency),
    FOREIGN KEY(account) REFERENCES accounts (name) ON UPDATE CASCADE
) WITHOUT ROWID, STRICT;

CREATE TABLE prices (
    ticker TEXT NOT NULL CONSTRAINT prices_ticker CHECK (length(ticker) BETWEEN 1 AND 200 AND ticker = trim(ticker) AND ticker NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    date TEXT NOT NULL CONSTRAINT prices_date CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(date, '+0 days') IS date AND date BETWEEN '1900-01-01' AND '2199-12-31'),
    close TEXT NOT NULL CONSTRAINT prices_close CHECK ((close GLOB '[0-9]*' OR close GLOB '-[0-9]*') AND substr(close, 2) NOT GLOB '*[^0-9.]*' AND close NOT GLOB '*.*.*' AND close NOT GLOB '*.' AND close NOT GLOB '*.*0' AND close NOT GLOB '0[0-9]*' AND close NOT GLOB '-0[0-9]*' AND close <> '-0' AND length(close) <= 32 AND CAST(close AS REAL) > 0),
    currency TEXT NOT NULL CONSTRAINT prices_currency CHECK (length(currency) = 3 AND currency NOT GLOB '*[^A-Z]*'),
    source TEXT DEFAULT '' NOT NULL CONSTRAINT prices_source CHECK (length(source) BETWEEN 0 AND 200 AND source = trim(source) AND source NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    PRIMARY KEY (ticker, date)
) WITHOUT ROWID, STRICT;

CREATE TABLE fx_rates (
    currency TEXT NOT NULL CONSTRAINT fx_rates_currency CHECK (length(currency) = 3 AND currency NOT GLOB '*[^A-Z]*'),
    base TEXT NOT NULL CONSTRAINT fx_rates_base CHECK (length(base) = 3 AND base NOT GLOB '*[^A-Z]*'),
    date TEXT NOT NULL CONSTRAINT fx_rates_date CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(date, '+0 days') IS date AND date BETWEEN '1900-01-01' AND '2199-12-31'),
    rate TEXT NOT NULL CONSTRAINT fx_rates_rate CHECK ((rate GLOB '[0-9]*' OR rate GLOB '-[0-9]*') AND substr(rate, 2) NOT GLOB '*[^0-9.]*' AND rate NOT GLOB '*.*.*' AND rate NOT GLOB '*.' AND rate NOT GLOB '*.*0' AND rate NOT GLOB '0[0-9]*' AND rate NOT GLOB '-0[0-9]*' AND rate <> '-0' AND length(rate) <= 32 AND CAST(rate AS REAL) > 0),
    source TEXT DEFAULT '' NOT NULL CONSTRAINT fx_rates_source CHECK (length(source) BETWEEN 0 AND 200 AND source = trim(source) AND source NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    PRIMARY KEY (currency, base, date),
    CONSTRAINT fx_rates_pair CHECK (currency <> base)
) WITHOUT ROWID, STRICT;

CREATE TABLE dividends (
    ticker TEXT NOT NULL CONSTRAINT dividends_ticker CHECK (length(ticker) BETWEEN 1 AND 200 AND ticker = trim(ticker) AND ticker NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    ex_date TEXT NOT NULL CONSTRAINT dividends_ex_date CHECK (ex_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(ex_date, '+0 days') IS ex_date AND ex_date BETWEEN '1900-01-01' AND '2199-12-31'),
    pay_date TEXT NOT NULL CONSTRAINT dividends_pay_date CHECK (pay_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(pay_date, '+0 days') IS pay_date AND pay_date BETWEEN '1900-01-01' AND '2199-12-31'),
    amount TEXT NOT NULL CONSTRAINT dividends_amount CHECK ((amount GLOB '[0-9]*' OR amount GLOB '-[0-9]*') AND substr(amount, 2) NOT GLOB '*[^0-9.]*' AND amount NOT GLOB '*.*.*' AND amount NOT GLOB '*.' AND amount NOT GLOB '*.*0' AND amount NOT GLOB '0[0-9]*' AND amount NOT GLOB '-0[0-9]*' AND amount <> '-0' AND length(amount) <= 32 AND CAST(amount AS REAL) >= 0),
    currency TEXT NOT NULL CONSTRAINT dividends_currency CHECK (length(currency) = 3 AND currency NOT GLOB '*[^A-Z]*'),
    kind TEXT DEFAULT 'regular' NOT NULL CONSTRAINT dividends_kind CHECK (kind IN ('regular', 'special')),
    status TEXT DEFAULT 'actual' NOT NULL CONSTRAINT dividends_status CHECK (status IN ('actual', 'projected')),
    PRIMARY KEY (ticker, ex_date, kind),
    CONSTRAINT dividends_order CHECK (pay_date >= ex_date)
) WITHOUT ROWID, STRICT;

CREATE TABLE transactions (
    id INTEGER NOT NULL,
    date TEXT NOT NULL CONSTRAINT transactions_date CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(date, '+0 days') IS date AND date BETWEEN '1900-01-01' AND '2199-12-31'),
    kind TEXT NOT NULL CONSTRAINT transactions_kind CHECK (kind IN ('buy', 'sell', 'dividend', 'split', 'transfer', 'deposit', 'withdrawal', 'fee', 'interest', 'draw', 'repayment')),
    account TEXT NOT NULL CONSTRAINT transactions_account CHECK (length(account) BETWEEN 1 AND 200 AND account = trim(account) AND account NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    to_account TEXT CONSTRAINT transactions_to_account CHECK (to_account IS NULL OR (length(to_account) BETWEEN 1 AND 200 AND to_account = trim(to_account) AND to_account NOT GLOB '*[' || char(1) || '-' || char(31) || ']*')),
    ticker TEXT CONSTRAINT transactions_ticker CHECK (ticker IS NULL OR (length(ticker) BETWEEN 1 AND 200 AND ticker = trim(ticker) AND ticker NOT GLOB '*[' || char(1) || '-' || char(31) || ']*')),
    quantity TEXT DEFAULT '0' NOT NULL CONSTRAINT transactions_quantity CHECK ((quantity GLOB '[0-9]*' OR quantity GLOB '-[0-9]*') AND substr(quantity, 2) NOT GLOB '*[^0-9.]*' AND quantity NOT GLOB '*.*.*' AND quantity NOT GLOB '*.' AND quantity NOT GLOB '*.*0' AND quantity NOT GLOB '0[0-9]*' AND quantity NOT GLOB '-0[0-9]*' AND quantity <> '-0' AND length(quantity) <= 32 AND CAST(quantity AS REAL) >= 0),
    price TEXT CONSTRAINT transactions_price CHECK (price IS NULL OR ((price GLOB '[0-9]*' OR price GLOB '-[0-9]*') AND substr(price, 2) NOT GLOB '*[^0-9.]*' AND price NOT GLOB '*.*.*' AND price NOT GLOB '*.' AND price NOT GLOB '*.*0' AND price NOT GLOB '0[0-9]*' AND price NOT GLOB '-0[0-9]*' AND price <> '-0' AND length(price) <= 32 AND CAST(price AS REAL) >= 0)),
    amount TEXT DEFAULT '0' NOT NULL CONSTRAINT transactions_amount CHECK ((amount GLOB '[0-9]*' OR amount GLOB '-[0-9]*') AND substr(amount, 2) NOT GLOB '*[^0-9.]*' AND amount NOT GLOB '*.*.*' AND amount NOT GLOB '*.' AND amount NOT GLOB '*.*0' AND amount NOT GLOB '0[0-9]*' AND amount NOT GLOB '-0[0-9]*' AND amount <> '-0' AND length(amount) <= 32 AND CAST(amount AS REAL) >= 0),
    currency TEXT NOT NULL CONSTRAINT transactions_currency CHECK (length(currency) = 3 AND currency NOT GLOB '*[^A-Z]*'),
    fee TEXT DEFAULT '0' NOT NULL CONSTRAINT transactions_fee CHECK ((fee GLOB '[0-9]*' OR fee GLOB '-[0-9]*') AND substr(fee, 2) NOT GLOB '*[^0-9.]*' AND fee NOT GLOB '*.*.*' AND fee NOT GLOB '*.' AND fee NOT GLOB '*.*0' AND fee NOT GLOB '0[0-9]*' AND fee NOT GLOB '-0[0-9]*' AND fee <> '-0' AND length(fee) <= 32 AND CAST(fee AS REAL) >= 0),
    tax TEXT DEFAULT '0' NOT NULL CONSTRAINT transactions_tax CHECK ((tax GLOB '[0-9]*' OR tax GLOB '-[0-9]*') AND substr(tax, 2) NOT GLOB '*[^0-9.]*' AND tax NOT GLOB '*.*.*' AND tax NOT GLOB '*.' AND tax NOT GLOB '*.*0' AND tax NOT GLOB '0[0-9]*' AND tax NOT GLOB '-0[0-9]*' AND tax <> '-0' AND length(tax) <= 32 AND CAST(tax AS REAL) >= 0),
    fx TEXT CONSTRAINT transactions_fx CHECK (fx IS NULL OR ((fx GLOB '[0-9]*' OR fx GLOB '-[0-9]*') AND substr(fx, 2) NOT GLOB '*[^0-9.]*' AND fx NOT GLOB '*.*.*' AND fx NOT GLOB '*.' AND fx NOT GLOB '*.*0' AND fx NOT GLOB '0[0-9]*' AND fx NOT GLOB '-0[0-9]*' AND fx <> '-0' AND length(fx) <= 32 AND CAST(fx AS REAL) > 0)),
    loan TEXT CONSTRAINT transactions_loan CHECK (loan IS NULL OR (length(loan) BETWEEN 1 AND 200 AND loan = trim(loan) AND loan NOT GLOB '*[' || char(1) || '-' || char(31) || ']*')),
    note TEXT DEFAULT '' NOT NULL CONSTRAINT transactions_note CHECK (length(note) <= 2000),
    fingerprint TEXT NOT NULL CONSTRAINT transactions_fingerprint CHECK (length(fingerprint) BETWEEN 1 AND 200 AND fingerprint = trim(fingerprint) AND fingerprint NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    PRIMARY KEY (id),
    CONSTRAINT transactions_units CHECK (kind NOT IN ('buy', 'sell', 'split') OR (ticker IS NOT NULL AND CAST(quantity AS REAL) > 0)),
    CONSTRAINT transactions_of_loan CHECK (kind NOT IN ('draw', 'repayment') OR loan IS NOT NULL),
    CONSTRAINT transactions_to CHECK (to_account IS NULL OR (kind = 'transfer' AND to_account <> account)),
    FOREIGN KEY(account) REFERENCES accounts (name) ON UPDATE CASCADE,
    FOREIGN KEY(to_account) REFERENCES accounts (name) ON UPDATE CASCADE,
    UNIQUE (fingerprint)
) STRICT;

CREATE INDEX transactions_by_date ON transactions (date);

CREATE TABLE income (
    name TEXT NOT NULL CONSTRAINT income_name CHECK (length(name) BETWEEN 1 AND 200 AND name = trim(name) AND name NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    amount TEXT NOT NULL CONSTRAINT income_amount CHECK ((amount GLOB '[0-9]*' OR amount GLOB '-[0-9]*') AND substr(amount, 2) NOT GLOB '*[^0-9.]*' AND amount NOT GLOB '*.*.*' AND amount NOT GLOB '*.' AND amount NOT GLOB '*.*0' AND amount NOT GLOB '0[0-9]*' AND amount NOT GLOB '-0[0-9]*' AND amount <> '-0' AND length(amount) <= 32 AND CAST(amount AS REAL) >= 0),
    currency TEXT NOT NULL CONSTRAINT income_currency CHECK (length(currency) = 3 AND currency NOT GLOB '*[^A-Z]*'),
    frequency TEXT DEFAULT 'monthly' NOT NULL CONSTRAINT income_frequency CHECK (frequency IN ('once', 'monthly', 'quarterly', 'annual')),
    starts TEXT CONSTRAINT income_starts CHECK (starts IS NULL OR (starts GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(starts, '+0 days') IS starts AND starts BETWEEN '1900-01-01' AND '2199-12-31')),
    ends TEXT CONSTRAINT income_ends CHECK (ends IS NULL OR (ends GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(ends, '+0 days') IS ends AND ends BETWEEN '1900-01-01' AND '2199-12-31')),
    growth_pa TEXT DEFAULT '0' NOT NULL CONSTRAINT income_growth_pa CHECK ((growth_pa GLOB '[0-9]*' OR growth_pa GLOB '-[0-9]*') AND substr(growth_pa, 2) NOT GLOB '*[^0-9.]*' AND growth_pa NOT GLOB '*.*.*' AND growth_pa NOT GLOB '*.' AND growth_pa NOT GLOB '*.*0' AND growth_pa NOT GLOB '0[0-9]*' AND growth_pa NOT GLOB '-0[0-9]*' AND growth_pa <> '-0' AND length(growth_pa) <= 32 AND CAST(growth_pa AS REAL) >= -0.5 AND CAST(growth_pa AS REAL) <= 0.5),
    category TEXT DEFAULT '' NOT NULL CONSTRAINT income_category CHECK (length(category) BETWEEN 0 AND 200 AND category = trim(category) AND category NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    PRIMARY KEY (name),
    CONSTRAINT income_order CHECK (ends IS NULL OR starts IS NULL OR ends >= starts),
    CONSTRAINT income_when CHECK (frequency <> 'once' OR starts IS NOT NULL)
) WITHOUT ROWID, STRICT;

CREATE TABLE expenses (
    name TEXT NOT NULL CONSTRAINT expenses_name CHECK (length(name) BETWEEN 1 AND 200 AND name = trim(name) AND name NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    amount TEXT NOT NULL CONSTRAINT expenses_amount CHECK ((amount GLOB '[0-9]*' OR amount GLOB '-[0-9]*') AND substr(amount, 2) NOT GLOB '*[^0-9.]*' AND amount NOT GLOB '*.*.*' AND amount NOT GLOB '*.' AND amount NOT GLOB '*.*0' AND amount NOT GLOB '0[0-9]*' AND amount NOT GLOB '-0[0-9]*' AND amount <> '-0' AND length(amount) <= 32 AND CAST(amount AS REAL) >= 0),
    currency TEXT NOT NULL CONSTRAINT expenses_currency CHECK (length(currency) = 3 AND currency NOT GLOB '*[^A-Z]*'),
    frequency TEXT DEFAULT 'monthly' NOT NULL CONSTRAINT expenses_frequency CHECK (frequency IN ('once', 'monthly', 'quarterly', 'annual')),
    starts TEXT CONSTRAINT expenses_starts CHECK (starts IS NULL OR (starts GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(starts, '+0 days') IS starts AND starts BETWEEN '1900-01-01' AND '2199-12-31')),
    ends TEXT CONSTRAINT expenses_ends CHECK (ends IS NULL OR (ends GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(ends, '+0 days') IS ends AND ends BETWEEN '1900-01-01' AND '2199-12-31')),
    growth_pa TEXT DEFAULT '0' NOT NULL CONSTRAINT expenses_growth_pa CHECK ((growth_pa GLOB '[0-9]*' OR growth_pa GLOB '-[0-9]*') AND substr(growth_pa, 2) NOT GLOB '*[^0-9.]*' AND growth_pa NOT GLOB '*.*.*' AND growth_pa NOT GLOB '*.' AND growth_pa NOT GLOB '*.*0' AND growth_pa NOT GLOB '0[0-9]*' AND growth_pa NOT GLOB '-0[0-9]*' AND growth_pa <> '-0' AND length(growth_pa) <= 32 AND CAST(growth_pa AS REAL) >= -0.5 AND CAST(growth_pa AS REAL) <= 0.5),
    category TEXT DEFAULT '' NOT NULL CONSTRAINT expenses_category CHECK (length(category) BETWEEN 0 AND 200 AND category = trim(category) AND category NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    essential INTEGER DEFAULT '1' NOT NULL CONSTRAINT expenses_essential CHECK (essential IN (0, 1)),
    PRIMARY KEY (name),
    CONSTRAINT expenses_order CHECK (ends IS NULL OR starts IS NULL OR ends >= starts),
    CONSTRAINT expenses_when CHECK (frequency <> 'once' OR starts IS NOT NULL)
) WITHOUT ROWID, STRICT;

CREATE TABLE targets (
    name TEXT NOT NULL CONSTRAINT targets_name CHECK (length(name) BETWEEN 1 AND 200 AND name = trim(name) AND name NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    weight TEXT NOT NULL CONSTRAINT targets_weight CHECK ((weight GLOB '[0-9]*' OR weight GLOB '-[0-9]*') AND substr(weight, 2) NOT GLOB '*[^0-9.]*' AND weight NOT GLOB '*.*.*' AND weight NOT GLOB '*.' AND weight NOT GLOB '*.*0' AND weight NOT GLOB '0[0-9]*' AND weight NOT GLOB '-0[0-9]*' AND weight <> '-0' AND length(weight) <= 32 AND CAST(weight AS REAL) >= 0 AND CAST(weight AS REAL) <= 1),
    PRIMARY KEY (name)
) WITHOUT ROWID, STRICT;

CREATE TABLE annotations (
    date TEXT NOT NULL CONSTRAINT annotations_date CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(date, '+0 days') IS date AND date BETWEEN '1900-01-01' AND '2199-12-31'),
    note TEXT DEFAULT '' NOT NULL CONSTRAINT annotations_note CHECK (length(note) <= 2000),
    PRIMARY KEY (date)
) WITHOUT ROWID, STRICT;

CREATE TABLE digests (
    part TEXT NOT NULL,
    rows INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (part)
) WITHOUT ROWID, STRICT;

CREATE TABLE snapshots (
    date TEXT NOT NULL CONSTRAINT snapshots_date CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(date, '+0 days') IS date AND date BETWEEN '1900-01-01' AND '2199-12-31'),
    taken_at TEXT NOT NULL CONSTRAINT snapshots_taken_at CHECK (length(taken_at) BETWEEN 1 AND 200 AND taken_at = trim(taken_at) AND taken_at NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    verdict TEXT NOT NULL CONSTRAINT snapshots_verdict CHECK (verdict IN ('SAFE', 'CAUTION', 'DANGER', 'UNKNOWN')),
    figures TEXT NOT NULL CONSTRAINT snapshots_figures CHECK (figures GLOB '{*}'),
    inputs TEXT NOT NULL CONSTRAINT snapshots_inputs CHECK (inputs GLOB '{*}'),
    inputs_digest TEXT NOT NULL CONSTRAINT snapshots_inputs_digest CHECK (length(inputs_digest) = 64),
    digest TEXT NOT NULL CONSTRAINT snapshots_digest CHECK (length(digest) = 64),
    PRIMARY KEY (date)
) STRICT;

CREATE TABLE touched (
    part TEXT NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (part)
) WITHOUT ROWID, STRICT;

CREATE TRIGGER settings_insert_touches AFTER INSERT ON settings BEGIN
    INSERT INTO touched VALUES ('settings', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER settings_delete_touches AFTER DELETE ON settings BEGIN
    INSERT INTO touched VALUES ('settings', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER settings_update_touches AFTER UPDATE ON settings BEGIN
    INSERT INTO touched VALUES ('settings', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER accounts_insert_touches AFTER INSERT ON accounts BEGIN
    INSERT INTO touched VALUES ('accounts', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER accounts_delete_touches AFTER DELETE ON accounts BEGIN
    INSERT INTO touched VALUES ('accounts', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER accounts_update_touches AFTER UPDATE ON accounts BEGIN
    INSERT INTO touched VALUES ('accounts', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER loans_insert_touches AFTER INSERT ON loans BEGIN
    INSERT INTO touched VALUES ('loans', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER loans_delete_touches AFTER DELETE ON loans BEGIN
    INSERT INTO touched VALUES ('loans', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER loans_update_touches AFTER UPDATE ON loans BEGIN
    INSERT INTO touched VALUES ('loans', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER loan_rates_insert_touches AFTER INSERT ON loan_rates BEGIN
    INSERT INTO touched VALUES ('loan_rates', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER loan_rates_delete_touches AFTER DELETE ON loan_rates BEGIN
    INSERT INTO touched VALUES ('loan_rates', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER loan_rates_update_touches AFTER UPDATE ON loan_rates BEGIN
    INSERT INTO touched VALUES ('loan_rates', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER holdings_insert_touches AFTER INSERT ON holdings BEGIN
    INSERT INTO touched VALUES ('holdings', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER holdings_delete_touches AFTER DELETE ON holdings BEGIN
    INSERT INTO touched VALUES ('holdings', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER holdings_update_touches AFTER UPDATE ON holdings BEGIN
    INSERT INTO touched VALUES ('holdings', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER cash_insert_touches AFTER INSERT ON cash BEGIN
    INSERT INTO touched VALUES ('cash', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER cash_delete_touches AFTER DELETE ON cash BEGIN
    INSERT INTO touched VALUES ('cash', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER cash_update_touches AFTER UPDATE ON cash BEGIN
    INSERT INTO touched VALUES ('cash', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER prices_insert_touches AFTER INSERT ON prices BEGIN
    INSERT INTO touched VALUES ('prices/' || NEW.ticker || '/' || substr(NEW.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER prices_delete_touches AFTER DELETE ON prices BEGIN
    INSERT INTO touched VALUES ('prices/' || OLD.ticker || '/' || substr(OLD.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER prices_update_touches AFTER UPDATE ON prices BEGIN
    INSERT INTO touched VALUES ('prices/' || OLD.ticker || '/' || substr(OLD.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
    INSERT INTO touched VALUES ('prices/' || NEW.ticker || '/' || substr(NEW.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER fx_rates_insert_touches AFTER INSERT ON fx_rates BEGIN
    INSERT INTO touched VALUES ('fx_rates/' || NEW.currency || '/' || substr(NEW.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER fx_rates_delete_touches AFTER DELETE ON fx_rates BEGIN
    INSERT INTO touched VALUES ('fx_rates/' || OLD.currency || '/' || substr(OLD.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER fx_rates_update_touches AFTER UPDATE ON fx_rates BEGIN
    INSERT INTO touched VALUES ('fx_rates/' || OLD.currency || '/' || substr(OLD.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
    INSERT INTO touched VALUES ('fx_rates/' || NEW.currency || '/' || substr(NEW.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER dividends_insert_touches AFTER INSERT ON dividends BEGIN
    INSERT INTO touched VALUES ('dividends', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER dividends_delete_touches AFTER DELETE ON dividends BEGIN
    INSERT INTO touched VALUES ('dividends', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER dividends_update_touches AFTER UPDATE ON dividends BEGIN
    INSERT INTO touched VALUES ('dividends', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER transactions_insert_touches AFTER INSERT ON transactions BEGIN
    INSERT INTO touched VALUES ('transactions/' || substr(NEW.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER transactions_delete_touches AFTER DELETE ON transactions BEGIN
    INSERT INTO touched VALUES ('transactions/' || substr(OLD.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER transactions_update_touches AFTER UPDATE ON transactions BEGIN
    INSERT INTO touched VALUES ('transactions/' || substr(OLD.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
    INSERT INTO touched VALUES ('transactions/' || substr(NEW.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER income_insert_touches AFTER INSERT ON income BEGIN
    INSERT INTO touched VALUES ('income', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER income_delete_touches AFTER DELETE ON income BEGIN
    INSERT INTO touched VALUES ('income', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER income_update_touches AFTER UPDATE ON income BEGIN
    INSERT INTO touched VALUES ('income', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER expenses_insert_touches AFTER INSERT ON expenses BEGIN
    INSERT INTO touched VALUES ('expenses', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER expenses_delete_touches AFTER DELETE ON expenses BEGIN
    INSERT INTO touched VALUES ('expenses', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER expenses_update_touches AFTER UPDATE ON expenses BEGIN
    INSERT INTO touched VALUES ('expenses', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER targets_insert_touches AFTER INSERT ON targets BEGIN
    INSERT INTO touched VALUES ('targets', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER targets_delete_touches AFTER DELETE ON targets BEGIN
    INSERT INTO touched VALUES ('targets', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER targets_update_touches AFTER UPDATE ON targets BEGIN
    INSERT INTO touched VALUES ('targets', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER holdings_short_insert BEFORE INSERT ON holdings
WHEN NEW.quantity GLOB '-*' AND (SELECT allows_shorts FROM accounts WHERE name = NEW.account) = 0
BEGIN
    SELECT RAISE(ABORT, 'holdings|quantity|0 or more in an account that does not allow shorts');
END;

CREATE TRIGGER holdings_pledge_insert BEFORE INSERT ON holdings
WHEN NEW.pledged_to IS NOT NULL AND (SELECT tax_treatment FROM accounts WHERE name = NEW.account) = 'tax_free'
BEGIN
    SELECT RAISE(ABORT, 'holdings|pledged_to|nothing, because a tax-free account cannot be pledged');
END;

CREATE TRIGGER holdings_secures_insert BEFORE INSERT ON holdings
WHEN (SELECT kind FROM loans WHERE name = NEW.pledged_to) <> 'securities_backed'
BEGIN
    SELECT RAISE(ABORT, 'holdings|pledged_to|the name of a securities-backed loan');
END;

CREATE TRIGGER holdings_short_update BEFORE UPDATE ON holdings
WHEN NEW.quantity GLOB '-*' AND (SELECT allows_shorts FROM accounts WHERE name = NEW.account) = 0
BEGIN
    SELECT RAISE(ABORT, 'holdings|quantity|0 or more in an account that does not allow shorts');
END;

CREATE TRIGGER holdings_pledge_update BEFORE UPDATE ON holdings
WHEN NEW.pledged_to IS NOT NULL AND (SELECT tax_treatment FROM accounts WHERE name = NEW.account) = 'tax_free'
BEGIN
    SELECT RAISE(ABORT, 'holdings|pledged_to|nothing, because a tax-free account cannot be pledged');
END;

CREATE TRIGGER holdings_secures_update BEFORE UPDATE ON holdings
WHEN (SELECT kind FROM loans WHERE name = NEW.pledged_to) <> 'securities_backed'
BEGIN
    SELECT RAISE(ABORT, 'holdings|pledged_to|the name of a securities-backed loan');
END;

CREATE TRIGGER accounts_with_shorts BEFORE UPDATE OF allows_shorts ON accounts
WHEN NEW.allows_shorts = 0 AND EXISTS (SELECT 1 FROM holdings WHERE account = OLD.name AND quantity GLOB '-*')
BEGIN
    SELECT RAISE(ABORT, 'accounts|allows_shorts|yes while the account holds a short');
END;

CREATE TRIGGER accounts_with_pledges BEFORE UPDATE OF tax_treatment ON accounts
WHEN NEW.tax_treatment = 'tax_free' AND EXISTS (SELECT 1 FROM holdings WHERE account = OLD.name AND pledged_to IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'accounts|tax_treatment|taxable or deferred while the account has something pledged');
END;

CREATE TRIGGER loans_with_pledges BEFORE UPDATE OF kind ON loans
WHEN NEW.kind <> 'securities_backed' AND EXISTS (SELECT 1 FROM holdings WHERE pledged_to = OLD.name)
BEGIN
    SELECT RAISE(ABORT, 'loans|kind|securities_backed while something is pledged to it');
END;

CREATE TRIGGER snapshots_once BEFORE INSERT ON snapshots
WHEN EXISTS (SELECT 1 FROM snapshots WHERE date = NEW.date)
BEGIN
    SELECT RAISE(ABORT, 'snapshots|date|a date that has no snapshot yet');
END;

CREATE TRIGGER snapshots_stand BEFORE UPDATE ON snapshots BEGIN
    SELECT RAISE(ABORT, 'snapshots|date|no change, because a snapshot stands for ever');
END;

CREATE TRIGGER snapshots_stay BEFORE DELETE ON snapshots BEGIN
    SELECT RAISE(ABORT, 'snapshots|date|no removal, because a snapshot stands for ever');
END;
