"""What an SQLSTATE means, without Postgres' message, which may quote a row's value."""

from __future__ import annotations

from reign_trainer.constants import SQLSTATE_PASSES

_CONDITIONS = {
    "0A000": "feature_not_supported",
    "21000": "cardinality_violation",
    "22000": "data_exception",
    "22001": "string_data_right_truncation",
    "22003": "numeric_value_out_of_range",
    "22004": "null_value_not_allowed",
    "22005": "error_in_assignment",
    "22007": "invalid_datetime_format",
    "22008": "datetime_field_overflow",
    "22009": "invalid_time_zone_displacement_value",
    "2200B": "escape_character_conflict",
    "22011": "substring_error",
    "22012": "division_by_zero",
    "22015": "interval_field_overflow",
    "22018": "invalid_character_value_for_cast",
    "2201B": "invalid_regular_expression",
    "2201E": "invalid_argument_for_logarithm",
    "2201F": "invalid_argument_for_power_function",
    "22021": "character_not_in_repertoire",
    "22023": "invalid_parameter_value",
    "22026": "string_data_length_mismatch",
    "22030": "duplicate_json_object_key_value",
    "22032": "invalid_json_text",
    "22P01": "floating_point_exception",
    "22P02": "invalid_text_representation",
    "22P03": "invalid_binary_representation",
    "22P05": "untranslatable_character",
    "25006": "read_only_sql_transaction",
    "28000": "invalid_authorization_specification",
    "28P01": "invalid_password",
    "34000": "invalid_cursor_name",
    "3D000": "invalid_catalog_name",
    "3F000": "invalid_schema_name",
    "40001": "serialization_failure",
    "40P01": "deadlock_detected",
    "42501": "insufficient_privilege",
    "42601": "syntax_error",
    "42602": "invalid_name",
    "42702": "ambiguous_column",
    "42703": "undefined_column",
    "42704": "undefined_object",
    "42725": "ambiguous_function",
    "42803": "grouping_error",
    "42804": "datatype_mismatch",
    "42809": "wrong_object_type",
    "42846": "cannot_coerce",
    "42883": "undefined_function",
    "42P01": "undefined_table",
    "42P22": "indeterminate_collation",
    "53000": "insufficient_resources",
    "53100": "disk_full",
    "53200": "out_of_memory",
    "53300": "too_many_connections",
    "53400": "configuration_limit_exceeded",
    "54000": "program_limit_exceeded",
    "54001": "statement_too_complex",
    "54011": "too_many_columns",
    "55P03": "lock_not_available",
    "57014": "query_canceled",
    "57P01": "admin_shutdown",
    "57P02": "crash_shutdown",
    "57P03": "cannot_connect_now",
    "58030": "io_error",
    "P0001": "raise_exception",
    "XX000": "internal_error",
    "XX001": "data_corrupted",
    "XX002": "index_corrupted",
}

_CLASSES = {
    "08": "connection_exception",
    "22": "data_exception",
    "25": "invalid_transaction_state",
    "42": "syntax_error_or_access_rule_violation",
    "53": "insufficient_resources",
    "54": "program_limit_exceeded",
    "55": "object_not_in_prerequisite_state",
    "57": "operator_intervention",
    "58": "system_error",
    "P0": "plpgsql_error",
    "XX": "internal_error",
}


def condition_name(sqlstate: str) -> str:
    """Give Postgres' name of a condition, or of its class: ``division_by_zero`` for ``22012``."""
    return _CONDITIONS.get(sqlstate) or _CLASSES.get(sqlstate[:2]) or "unknown_condition"


def is_unavailable(sqlstate: str) -> bool:
    """Whether the server, not the query, is the cause, so that another attempt can help: ``schemas/sqlstates.ts`` says."""
    for length in range(len(sqlstate), 0, -1):
        passes = SQLSTATE_PASSES.get(sqlstate[:length])
        if passes is not None:
            return passes
    return False
