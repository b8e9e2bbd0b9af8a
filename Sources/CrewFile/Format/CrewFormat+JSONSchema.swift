public import ChatModel
import CrewCore

extension Shape {
    /// The JSON Schema of the same.
    var jsonSchema: JSONObject {
        switch self {
        case .text: return ["type": "string"]
        case .name(let what):
            return what == "crew" ? ["type": "string", "pattern": .string(Names.pattern)] : ["type": "string"]
        case .choice(let words): return ["type": "string", "enum": .array(words.map { .string($0) })]
        case .integer(let least, let most):
            var schema: JSONObject = ["type": "integer"]
            if least > .min { schema["minimum"] = .integer(Int64(least)) }
            if most < .max { schema["maximum"] = .integer(Int64(most)) }
            return schema
        case .number(let least, let most):
            return ["type": "number", "minimum": .integer(Int64(least)), "maximum": .integer(Int64(most))]
        case .dollars: return ["type": "number", "minimum": 0, "maximum": 1_000_000]
        case .duration: return ["type": "string", "pattern": .string(DurationText.pattern)]
        case .boolean: return ["type": "boolean"]
        case .variable: return ["type": "string", "pattern": "^env:[A-Za-z_][A-Za-z0-9_]*$"]
        case .scalar: return ["type": ["string", "number", "boolean"]]
        case .schema, .members: return ["type": "object"]
        case .parameters: return ["type": "object", "additionalProperties": ["type": "string"]]
        case .list(let element): return ["type": "array", "items": .object(element.jsonSchema)]
        case .named(let value, _):
            return [
                "type": "object",
                "propertyNames": ["pattern": .string(Names.pattern)],
                "additionalProperties": .object(value.jsonSchema),
            ]
        case .record(let record): return record.jsonSchema
        case .variants(let variants): return variants.jsonSchema
        case .short(_, let words, let record):
            return ["anyOf": [["enum": .array(words.map { .string($0) })], .object(record.jsonSchema)]]
        case .either(let key, let with, let otherwise):
            return [
                "if": ["required": [.string(key)]], "then": .object(with.jsonSchema),
                "else": .object(otherwise.jsonSchema),
            ]
        case .crew: return ["anyOf": [["type": "string"], ["$ref": "#/$defs/crew"]]]
        case .scalars:
            return ["type": "object", "additionalProperties": ["type": ["string", "number", "boolean"]]]
        }
    }
}

extension Record {
    /// The JSON Schema of an object with these keys and no others.
    var jsonSchema: JSONObject {
        var properties = JSONObject()
        for field in fields { properties[field.key] = .object(field.jsonSchema) }
        // A record without required keys may be left empty: `limits:` with nothing behind it.
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.key) }
        var schema: JSONObject = [
            "type": required.isEmpty ? ["object", "null"] : "object", "properties": .object(properties),
        ]
        if !required.isEmpty { schema["required"] = .array(required) }
        schema["additionalProperties"] = false
        return schema
    }
}

extension Field {
    /// The JSON Schema of what may stand under the key.
    fileprivate var jsonSchema: JSONObject {
        var schema: JSONObject = ["description": .string(summary)]
        for (key, value) in shape.jsonSchema { schema[key] = value }
        if let standard { schema["default"] = standard }
        return schema
    }
}

extension Variants {
    /// The JSON Schema of an object with the keys of all variants.
    ///
    /// Editors help better with one list of keys than with a choice of objects. What does not belong together is the crew's own rule to refuse.
    fileprivate var jsonSchema: JSONObject {
        var schema = any.jsonSchema
        var properties = JSONObject()
        for (key, fields) in keys {
            let schemas = fields.map { JSONValue.object($0.jsonSchema) }
            let summary = JSONValue.string(fields.map(\.summary).joined(separator: " "))
            properties[key] = schemas.count == 1 ? schemas[0] : ["description": summary, "anyOf": .array(schemas)]
        }
        schema["properties"] = .object(properties)
        return schema
    }
}

extension CrewFile {
    /// The JSON Schema (draft 2020-12) of crew files, for editors.
    public static var jsonSchema: JSONValue {
        var schema: JSONObject = [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Crew file",
            "description": "A crew: agents with roles, goals and tools, the tasks they owe, and who decides.",
        ]
        for (key, value) in CrewFormat.file.jsonSchema { schema[key] = value }
        schema["$defs"] = ["crew": .object(CrewFormat.innerCrew.jsonSchema)]
        return .object(schema)
    }
}
