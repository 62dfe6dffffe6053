/** Messages about access control, as Apache Kafka 4.4 defines them; message.ts says how to read this. */
export const accessMessages = `
SaslHandshake 17 0-1 flexible none
request
  mechanism string
response
  errorCode int16
  mechanisms []string

DescribeAcls 29 1-3 flexible 2+
request
  resourceTypeFilter int8
  resourceNameFilter string null 0+
  patternTypeFilter int8 1+ = 3
  principalFilter string null 0+
  hostFilter string null 0+
  operation int8
  permissionType int8
response
  throttleTimeMs int32
  errorCode int16
  errorMessage string null 0+
  resources []
    resourceType int8
    resourceName string
    patternType int8 1+ = 3
    acls []
      principal string
      host string
      operation int8
      permissionType int8

CreateAcls 30 1-3 flexible 2+
request
  creations []
    resourceType int8
    resourceName string
    resourcePatternType int8 1+ = 3
    principal string
    host string
    operation int8
    permissionType int8
response
  throttleTimeMs int32
  results []
    errorCode int16
    errorMessage string null 0+

DeleteAcls 31 1-3 flexible 2+
request
  filters []
    resourceTypeFilter int8
    resourceNameFilter string null 0+
    patternTypeFilter int8 1+ = 3
    principalFilter string null 0+
    hostFilter string null 0+
    operation int8
    permissionType int8
response
  throttleTimeMs int32
  filterResults []
    errorCode int16
    errorMessage string null 0+
    matchingAcls []
      errorCode int16
      errorMessage string null 0+
      resourceType int8
      resourceName string
      patternType int8 1+ = 3
      principal string
      host string
      operation int8
      permissionType int8

SaslAuthenticate 36 0-2 flexible 2+
request
  authBytes bytes
response
  errorCode int16
  errorMessage string null 0+
  authBytes bytes
  sessionLifetimeMs int64 1+ = 0

`;
