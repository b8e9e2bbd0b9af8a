/// temporary
package struct SchemaViolation: CustomStringConvertible { package var description: String }
extension JSONSchema {
    package func validate(_ value: JSONValue) -> [SchemaViolation] { [] }
}
