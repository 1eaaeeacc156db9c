"""Servers that we start ourselves (PostgreSQL, Valkey), the roles inside the database, and child processes.

`postgres.embedded_postgres(home, durable=True)` -> `Postgres` (`admin_url`, `sqlalchemy_url`, `binary(name)`)
`valkey.embedded_valkey(home, durable=True)` -> `Valkey` (`url`)
`instance.embedded_instance(home, durable=True)` -> all at once, `Instance` (`urls`, `valkey`, `environment`)
`roles.prepare(admin_url, database=…, passwords=…, rotate=False)` -> `RoleUrls` (`migrator`, `app`, `console`)
`roles.create_database_from_template(admin_url, template, name)`, `roles.drop_database(admin_url, name)`
`supervise.Supervisor(services, logs=…)` -> `start()`, `run()`, `stop()`
"""
