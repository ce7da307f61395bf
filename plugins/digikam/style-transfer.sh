# styleplug for the Batch Queue Manager of digiKam. The name of the filter, one of:
# @FILTERS@
filter=@FILTER@

# digiKam writes the names of the files below, as they are, before the shell reads them. Between
# these lines the shell takes nothing for a command, whatever a name has in it.
@INTERPRETER@ @PROGRAM@ "$filter" <<'//'
$INPUT
///
$OUTPUT
//
