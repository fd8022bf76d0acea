-- Of a hundred cases 85 are decided, 8 withdrawn, 7 open; see figures.py.

-- cases
INSERT INTO complaints_complaint (id, version, reference, state, state_before,
    customer_id, channel, language, received_at, recorded_at, recorded_by_id, subject,
    description, service_reference, loss_description, desired_outcome, comments,
    signed_place, signed_name, asset, amount, category_id, severity, funds_at_risk,
    complexity, impact, immediate_action, refusal_ground, team_id, handler_id, barrier,
    profile_key, privacy_notice_version, procedure_version, closing_reason, cause,
    cause_scope, next_due_step, last_message_from, account_tier)
SELECT n, 5, 'B' || lpad(n::text, 11, '0'),
    CASE WHEN n %% 100 < 85 THEN CASE WHEN n %% 12 = 0 THEN 'answered' ELSE 'closed' END
        WHEN n %% 100 < 93 THEN 'withdrawn'
        WHEN n %% 5 = 0 THEN 'awaiting_customer'
        WHEN n %% 7 = 0 THEN 'assigned' ELSE 'investigating' END, '',
    1 + n %% {people}, (array['portal','app','email','chat','phone','telegram','x'])
        [1 + floor(7 * power(random(), 2))::int],
    (array['en','en','zh','de','fr'])[1 + n %% 5], at, at, {user},
    'A case', '', '', '', '', '', '', '',
    (array['USDT','BTC','ETH','USDC'])[1 + n %% 4], 10 + n %% 990,
    CASE WHEN n %% 400 = 94 THEN NULL ELSE
        (array[{categories}])[1 + floor({many} * power(random(), 1.6))::int] END,
    (array['low','normal','normal','high','critical'])[1 + n %% 5],
    n %% 100 >= 93 AND n %% 3 = 0, '', '', false, '',
    (array[{teams}])[1 + floor({teams_n} * power(random(), 1.4))::int],
    CASE WHEN n %% 100 >= 93 AND n %% 7 = 0 THEN NULL ELSE {user} END,
    CASE WHEN n %% 997 = 0 THEN 'insider' ELSE '' END, 'eu-casp@1', '', '',
    '', (array[{causes}])[1 + floor({causes_n} * power(random(), 1.8))::int],
    (array['single','recurring','systemic'])[1 + n %% 3], '', 'customer',
    (array['','basic','verified','vip'])[1 + n %% 11 %% 4]
FROM (
    SELECT n, date_trunc('day', t) + make_interval(mins => ((9 + 14 * (random() +
        random()) / 2) * 60)::int %% 1440) AS at
    FROM (SELECT n, CASE WHEN n %% 100 < 93 THEN now() - interval '3 days'
            - make_interval(secs => ({days} * 86400 * (1 - n / {count}::float)))
        ELSE now() - make_interval(hours => (1 + 1700 * power(random(), 3))::int)
        END AS t
    FROM generate_series(1, {count}) n) d
) x;

-- events
INSERT INTO complaints_event (stream, seq, what, object_type, object_id, object_version,
    source, target, actor_id, actor_role, at, payload, request_id, previous, sha256, seal)
SELECT 'complaint:' || c.id, e.seq, e.what,
    CASE WHEN e.target <> '' THEN 'complaint' ELSE '' END,
    CASE WHEN e.target <> '' THEN c.id END,
    CASE WHEN e.target <> '' THEN e.seq END, e.source, e.target, {user}, 'member',
    c.received_at + make_interval(secs => e.part * took * 86400),
    CASE WHEN e.what = 'admit' THEN jsonb_build_object('team', c.team_id) ELSE '{{}}' END,
    '', '', '', ''
FROM (SELECT id, team_id, received_at, 1 + 30 * power(((id * 7919) %% 1000) / 1000.0, 2)
    + (id %% 17) * 0.2 AS took, CASE WHEN id %% 100 < 85 THEN 0 WHEN id %% 100 < 93 THEN 1
    ELSE 2 END AS path FROM complaints_complaint) c
JOIN (VALUES
    (0, 1, 'file', '', '', 0.0), (0, 2, 'admit', 'received', 'assigned', 0.05),
    (0, 3, 'take', 'assigned', 'investigating', 0.1), (0, 4, 'message_sent', '', '', 0.3),
    (0, 5, 'propose_decision', 'investigating', 'in_review', 0.8),
    (0, 6, 'sign_off', 'in_review', 'in_review', 0.9),
    (0, 7, 'approve_decision', 'in_review', 'remedying', 0.95),
    (0, 8, 'letter_sent', '', '', 0.99),
    (0, 9, 'issue_decision', 'remedying', 'answered', 1.0), (0, 10, 'read', '', '', 1.1),
    (1, 1, 'file', '', '', 0.0), (1, 2, 'admit', 'received', 'assigned', 0.05),
    (1, 3, 'note', '', '', 0.1), (1, 4, 'note', '', '', 0.1),
    (1, 5, 'withdraw', 'assigned', 'withdrawn', 0.4), (1, 6, 'note', '', '', 0.5),
    (1, 7, 'note', '', '', 0.5), (1, 8, 'note', '', '', 0.5), (1, 9, 'note', '', '', 0.5),
    (1, 10, 'note', '', '', 0.5),
    (2, 1, 'file', '', '', 0.0), (2, 2, 'admit', 'received', 'assigned', 0.0),
    (2, 3, 'take', 'assigned', 'investigating', 0.0), (2, 4, 'note', '', '', 0.0),
    (2, 5, 'note', '', '', 0.0), (2, 6, 'note', '', '', 0.0), (2, 7, 'note', '', '', 0.0),
    (2, 8, 'note', '', '', 0.0), (2, 9, 'note', '', '', 0.0), (2, 10, 'note', '', '', 0.0)
) e (path, seq, what, source, target, part) ON e.path = c.path;

-- appeals
INSERT INTO complaints_event (stream, seq, what, object_type, object_id, object_version,
    source, target, actor_id, actor_role, at, payload, request_id, previous, sha256, seal)
SELECT e.stream, 10 + k.seq, k.what, 'complaint', e.object_id, 10 + k.seq, k.source,
    CASE WHEN k.seq = 2 AND e.object_id %% 39 = 0 THEN 'remedying' ELSE k.target END,
    {user}, 'member', e.at + k.after, '{{}}', '', '', '', ''
FROM complaints_event e
JOIN (VALUES (1, 'lodge_appeal', 'answered', 'appealed', interval '5 days'),
    (2, 'conclude_appeal', 'appealed', 'answered', interval '25 days'))
    k (seq, what, source, target, after) ON true
WHERE e.what = 'issue_decision' AND e.object_id %% 13 = 0
    AND e.at < now() - interval '30 days';

-- clocks
INSERT INTO complaints_clock (complaint_id, kind, step, subject, calendar, "limit",
    started_at, due_at, paused_total, reminded_level, stopped_at, breached_at)
SELECT c.id, k.kind, k.step, '', '', '', c.received_at, c.received_at + k.due, '0', 0,
    CASE WHEN c.id %% 100 < 93 OR k.open
        THEN c.received_at + k.due * (0.2 + power(((c.id * k.prime) %% 1000) / 1000.0, 6)
            * 1.05) END, NULL
FROM complaints_complaint c
CROSS JOIN (VALUES ('internal', 'acknowledge', interval '1 day', 7919, true),
    ('internal', 'admit', interval '3 days', 104729, true),
    ('internal', 'investigate', interval '20 days', 1299709, false),
    ('statutory', 'statutory_decision', interval '60 days', 15485863, false))
    k (kind, step, due, prime, open);

-- decisions
INSERT INTO complaints_decision (complaint_id, number, status, on_appeal, outcome, summary,
    reasons, what_changes, language, precedents_seen, departs, departure_reason, cause,
    drafted_by_id, issued_at, content_hash, updated_at)
SELECT e.object_id, 1, 'issued', false, (array['upheld','partly_upheld','partly_upheld',
    'not_upheld','not_upheld','redress_offered'])[1 + floor(6 * power(random(),
    0.7 + (e.object_id %% 5) * 0.2))::int], '', '', '', 'en', true, false, '',
    'process_gap', {user}, e.at, '', e.at
FROM complaints_event e WHERE e.what = 'issue_decision';

-- money
INSERT INTO complaints_remedy (version, complaint_id, decision_id, kind, description,
    on_acceptance, amount, asset, rate, reporting_value, reporting_currency, destination,
    executor, state)
SELECT 0, d.complaint_id, d.id, 'refund', '', false, c.amount, c.asset, 1, c.amount, 'EUR',
    '', 'manual', CASE WHEN c.id %% 40 = 0 THEN 'reversed' WHEN c.id %% 9 = 0
    THEN 'offered' ELSE 'executed' END
FROM complaints_decision d JOIN complaints_complaint c ON c.id = d.complaint_id
WHERE d.outcome <> 'not_upheld' AND c.id %% 2 = 0;
