-- A database that holds one of everything that a dump must bring back.
CREATE EXTENSION pg_trgm;
CREATE EXTENSION citext;
CREATE SCHEMA erp AUTHORIZATION owner_a;
CREATE SCHEMA "订 单";
CREATE TYPE erp.state AS ENUM ('open', 'paid');
CREATE DOMAIN erp.positive AS int CHECK (VALUE > 0);
CREATE SEQUENCE erp.invoice START 1000 INCREMENT 7;
SELECT nextval('erp.invoice') FROM generate_series(1, 5);
CREATE TABLE erp.customer (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name citext NOT NULL UNIQUE,
  quantity erp.positive,
  state erp.state DEFAULT 'open',
  doubled int GENERATED ALWAYS AS (quantity * 2) STORED,
  tags text[] DEFAULT '{}',
  extra jsonb,
  raw bytea,
  paid timestamptz
);
INSERT INTO erp.customer (name, quantity, tags, extra, raw, paid)
SELECT 'Kunde ' || n, n, ARRAY['a', E'b\\c', NULL], jsonb_build_object('n', n, 'q', '"'), decode(lpad(to_hex(n), 8, '0'), 'hex'), timestamptz '2026-01-05 02:00+08' + n * interval '1 s'
FROM generate_series(1, 5000) n;
CREATE INDEX ON erp.customer USING gin (name gin_trgm_ops);
CREATE TABLE "订 单"."Order ""lines""" (id int, note text, customer bigint REFERENCES erp.customer);
INSERT INTO "订 单"."Order ""lines""" SELECT n, E'tab\tnewline\n\\N \\. $$ '';--', n FROM generate_series(1, 500) n;
CREATE TABLE erp.movement (at date NOT NULL, amount numeric(20, 4)) PARTITION BY RANGE (at);
CREATE TABLE erp.movement_2025 PARTITION OF erp.movement FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE erp.movement_rest PARTITION OF erp.movement DEFAULT;
INSERT INTO erp.movement SELECT date '2025-06-01' + n, n / 3.0 FROM generate_series(1, 400) n;
CREATE TABLE erp.animal (name text);
CREATE TABLE erp.dog (breed text) INHERITS (erp.animal);
INSERT INTO erp.animal VALUES ('any');
INSERT INTO erp.dog VALUES ('Rex', 'mix');
CREATE MATERIALIZED VIEW erp.totals AS SELECT state, sum(quantity) AS quantity FROM erp.customer GROUP BY state;
CREATE VIEW erp.paying AS SELECT id, name FROM erp.customer WHERE state = 'paid' WITH CHECK OPTION;
CREATE FUNCTION erp.touch() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  -- COPY public.nothing (id) FROM stdin;
  NEW.paid := coalesce(NEW.paid, '2026-01-01 00:00+00');
  RETURN NEW;
END $body$;
CREATE TRIGGER touch BEFORE INSERT ON erp.customer FOR EACH ROW EXECUTE FUNCTION erp.touch();
CREATE FUNCTION erp.twice(n int) RETURNS int LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT n * 2; END;
CREATE PROCEDURE erp.nothing() LANGUAGE sql AS 'SELECT 1';
ALTER TABLE erp.customer ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON erp.customer FOR SELECT TO reader USING (name = current_user);
ALTER TABLE erp.customer OWNER TO owner_a;
GRANT SELECT, INSERT (name) ON erp.customer TO reader;
GRANT USAGE ON SCHEMA erp TO reader WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES IN SCHEMA erp GRANT SELECT ON TABLES TO reader;
COMMENT ON TABLE erp.customer IS 'It''s the customers; \! not a command';
CREATE UNLOGGED TABLE erp.cache (k text PRIMARY KEY);
INSERT INTO erp.cache VALUES ('x');
CREATE TABLE erp.empty ();
INSERT INTO erp.empty DEFAULT VALUES;
CREATE PUBLICATION everything FOR TABLE erp.customer;
CREATE STATISTICS erp.both ON quantity, state FROM erp.customer;
SELECT lo_from_bytea(4711, convert_to(repeat('large ''object'' \', 20000), 'UTF8'));
ALTER LARGE OBJECT 4711 OWNER TO owner_a;
COMMENT ON LARGE OBJECT 4711 IS 'scan';
